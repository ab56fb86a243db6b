/// What a spectrum file says about one spectrum besides its peaks.
///
/// MSP and MGF files name the same facts in many ways: MONA, NIST, RIKEN, GNPS and MassBank write
/// `PrecursorMZ`, `PRECURSORMZ`, `PRECURSOR_M/Z` or `PEPMASS`. This is the one place that knows these names.
struct SpectrumMetadata {
    /// A fact that is kept.
    enum Field {
        case name, title
        case accession, spectrumID, databaseNumber, featureID, scans
        case precursorMZ, charge, adduct, ionMode
        case formula, inchiKey, auxiliaryInChI, smiles
        case retentionTime, retentionSeconds
        case instrumentType, collisionEnergy
    }

    private var texts: [Field: String] = [:]
    private var precursorMZ: Double?

    /// Field names in lower case, without blanks, `_`, `-` and `/`.
    private static let fields: [String: Field] = [
        "name": .name, "compoundname": .name, "title": .title,
        "accession": .accession, "spectrumid": .spectrumID, "db#": .databaseNumber, "featureid": .featureID,
        "scans": .scans,
        "precursormz": .precursorMZ, "pepmass": .precursorMZ, "parent": .precursorMZ,
        "parentmz": .precursorMZ,
        "charge": .charge, "precursorcharge": .charge,
        "adduct": .adduct, "precursortype": .adduct, "iontype": .adduct,
        "ionmode": .ionMode, "ionizationmode": .ionMode, "polarity": .ionMode,
        "formula": .formula, "molecularformula": .formula,
        "inchikey": .inchiKey, "inchiaux": .auxiliaryInChI, "smiles": .smiles,
        "retentiontime": .retentionTime, "rt": .retentionTime, "rtinseconds": .retentionSeconds,
        "instrumenttype": .instrumentType, "sourceinstrument": .instrumentType,
        "collisionenergy": .collisionEnergy,
    ]

    /// What files write where they have nothing to say.
    private static let absentValues: Set<String> = [
        "", "N/A", "n/a", "NA", "NaN", "nan", "None", "none", "NULL", "null", "Unknown", "unknown",
    ]

    /// The field that a file calls `key`, in lower case and without blanks, `_`, `-` and `/`; nil for the
    /// many that are not kept.
    static func field(named key: String) -> Field? { fields[key] }

    /// Notes that `field` is `text`, which replaces what was noted before unless `isFallback`.
    mutating func note(_ field: Field, _ text: String, isFallback: Bool = false) throws(Malformed) {
        guard field == .name || !SpectrumMetadata.absentValues.contains(text) else { return }
        guard !isFallback || texts[field] == nil else { return }
        if field == .precursorMZ {
            guard let mz = try SpectrumMetadata.precursorMZ(text) else { return }
            precursorMZ = mz
        }
        texts[field] = text
    }

    /// The spectrum of `peaks` with this metadata. A retention time without a unit is taken in
    /// `retentionTimeUnit`, and left out when that is nil.
    func spectrum(peaks: [Peak], retentionTimeUnit: RetentionTimeUnit?) -> Spectrum {
        let adduct = texts[.adduct]
        let adductCharge = adduct.flatMap(IonCharge.init(adduct:))
        let charge = texts[.charge].flatMap(IonCharge.init(text:)) ?? adductCharge
        let ionMode = texts[.ionMode].flatMap(IonMode.init(text:)) ?? charge?.sign ?? adductCharge?.sign
        return Spectrum(
            name: texts[.name] ?? texts[.title] ?? "",
            accession: texts[.accession] ?? texts[.spectrumID] ?? texts[.databaseNumber] ?? texts[.featureID]
                ?? texts[.scans],
            scanNumber: texts[.scans].flatMap { NativeID.wholeNumber($0) },
            precursorMZ: precursorMZ,
            precursorCharge: charge.map { $0.signed(in: ionMode) },
            adduct: adduct, ionMode: ionMode,
            formula: texts[.formula],
            inchiKey: [texts[.inchiKey], texts[.auxiliaryInChI]].compactMap(\.self).first(where: isInChIKey),
            smiles: texts[.smiles],
            retentionTime: retentionTime(defaultUnit: retentionTimeUnit),
            instrumentType: texts[.instrumentType], collisionEnergy: texts[.collisionEnergy],
            peaks: peaks)
    }

    private func retentionTime(defaultUnit: RetentionTimeUnit?) -> Double? {
        if let text = texts[.retentionSeconds] { return retentionSeconds(text, defaultUnit: .second) }
        return texts[.retentionTime].flatMap { retentionSeconds($0, defaultUnit: defaultUnit) }
    }

    /// The m/z at the start of `text`; nil for 0 and less, which mean unknown, and for the several m/z,
    /// separated by `/`, of a higher stage of fragmentation. What follows a blank, as the intensity in
    /// `PEPMASS`, is not looked at.
    private static func precursorMZ(_ text: String) throws(Malformed) -> Double? {
        let bytes = Array(text.utf8)
        var rest = bytes.indices
        guard let word = bytes.span.nextWord(&rest) else { return nil }
        guard let mz = bytes.span.number(word), mz <= SpectrumFileLimits.mz else {
            if bytes[word].contains(UInt8(ascii: "/")) { return nil }
            throw Malformed(
                "precursor m/z '\(text.prefix(60))' is not a number up to \(Int(SpectrumFileLimits.mz))")
        }
        return mz > 0 ? mz : nil
    }
}

/// The charge of an ion as files write it: `2+`, `-1`, `2`.
package struct IonCharge: Equatable {
    var magnitude: Int
    /// Nil when only the magnitude is given.
    var sign: IonMode?

    /// Reads `2+`, `+2`, `2-`, `-2` or `2`; nil for 0 and for everything else, such as `2+ and 3+`.
    init?(text: String) {
        var digits = text[...]
        if let first = digits.first, let sign = IonMode(sign: first) {
            self.sign = sign
            digits = digits.dropFirst()
        } else if let last = digits.last, let sign = IonMode(sign: last) {
            self.sign = sign
            digits = digits.dropLast()
        }
        guard digits.utf8.count <= 3, digits.utf8.allSatisfy(\.isDigit), let magnitude = Int(digits),
            magnitude > 0
        else { return nil }
        self.magnitude = magnitude
    }

    /// Reads the charge that ends an adduct in bracket notation: `[M+2H]2+`, `[M-H]-`, `[M]+*`.
    init?(adduct: String) {
        guard let bracket = adduct.lastIndex(of: "]") else { return nil }
        let charge = adduct[adduct.index(after: bracket)...].filter { $0 != "*" && $0 != "." }
        self.init(text: charge.utf8.first?.isDigit == true ? charge : "1" + charge)
        if sign == nil { return nil }
    }

    /// The charge, with its sign, that ends an adduct in bracket notation; nil when it ends in none.
    package static func signed(adduct: String) -> Int? { IonCharge(adduct: adduct).map { $0.signed(in: nil) } }

    /// The charge with its sign, which is that of `ionMode` when the text has none.
    func signed(in ionMode: IonMode?) -> Int {
        (sign ?? ionMode) == .negative ? -magnitude : magnitude
    }
}

extension IonMode {
    /// The polarity that `+` or `-` stands for.
    init?(sign: Character) {
        switch sign {
        case "+": self = .positive
        case "-": self = .negative
        default: return nil
        }
    }

    /// The polarity that `Positive`, `POS`, `P` or `+` stands for, and the like for negative.
    init?(text: String) {
        switch text.lowercased() {
        case "positive", "pos", "p", "+": self = .positive
        case "negative", "neg", "n", "-": self = .negative
        default: return nil
        }
    }
}

/// The unit of a retention time.
enum RetentionTimeUnit: Double {
    case second = 1
    case minute = 60

    init?(text: String) {
        switch text.lowercased() {
        case "s", "sec", "sec.", "second", "seconds": self = .second
        case "m", "min", "min.", "minute", "minutes": self = .minute
        default: return nil
        }
    }
}

/// The retention time that `text` begins with, such as `3.3 min`, in seconds; nil when there is none, when it
/// is negative, which means unknown, or when its unit is not known.
func retentionSeconds(_ text: String, defaultUnit: RetentionTimeUnit?) -> Double? {
    let bytes = Array(text.utf8)
    var rest = bytes.indices
    guard let value = bytes.span.nextNumber(&rest), value >= 0 else { return nil }
    let word = bytes.span.nextWord(&rest).map { String(decoding: bytes[$0], as: UTF8.self) }
    guard let unit = word == nil ? defaultUnit : word.flatMap(RetentionTimeUnit.init(text:)) else {
        return nil
    }
    let seconds = value * unit.rawValue
    return seconds.isFinite ? seconds : nil
}

/// Whether `text` begins with the first block of an InChIKey: 14 capital letters that end there or at a
/// hyphen.
private func isInChIKey(_ text: String) -> Bool {
    let block = text.utf8.prefix { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }
    return block.count == 14 && (text.utf8.count == 14 || text.utf8.dropFirst(14).first == UInt8(ascii: "-"))
}
