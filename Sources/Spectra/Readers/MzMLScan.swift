/// A term of the PSI-MS vocabulary with its value: a `cvParam` of mzML.
struct MzMLTerm {
    var accession: String
    var name: String
    var value: String
    var unitAccession: String?

    /// Whether the accession is one of the PSI-MS vocabulary.
    var isOfPSIMS: Bool {
        let number = accession.utf8.dropFirst(3)
        return accession.hasPrefix("MS:") && number.count == 7 && number.allSatisfy(\.isDigit)
    }

    init(_ attributes: XMLAttributes) {
        accession = attributes["accession"] ?? ""
        name = attributes["name"] ?? ""
        value = attributes["value"] ?? ""
        unitAccession = attributes["unitAccession"]
    }

    /// The value as a number.
    func number() throws(Malformed) -> Double {
        let bytes = Array(value.utf8)
        guard let number = bytes.span.number(bytes.indices), number.isFinite else {
            throw Malformed("the \(name) (\(accession)) '\(value.prefix(60))' is not a number")
        }
        return number
    }
}

/// A `spectrum` element of mzML while it is read.
struct MzMLScan {
    let identifier: String
    private let arrayLength: Int
    /// Methods of dissociation beyond these are not kept; real scans combine two.
    private static let mostMethods = 8
    var scanCount = 0
    var precursorCount = 0
    var selectedIonCount = 0

    private var level: Int?
    private var isProfile = false
    private var title = ""
    private var ionMode: IonMode?
    private var precursorMZ: Double?
    private var charge: Int?
    private var retentionTime: Double?
    private var isolationTarget: Double?
    private var isolationOffsets: (lower: Double?, upper: Double?)
    private var collisionEnergy: String?
    private var dissociation: [VocabularyTerm] = []
    private var mzs: [Double]?
    private var intensities: [Double]?

    /// A spectrum element with `attributes`.
    init(_ attributes: XMLAttributes) throws(Malformed) {
        identifier = attributes["id"] ?? ""
        guard let length = attributes["defaultArrayLength"].flatMap({ Int($0) }),
            0...SpectrumFileLimits.peaks ~= length
        else {
            throw Malformed(
                "defaultArrayLength of spectrum '\(identifier.prefix(60))' is "
                    + "'\((attributes["defaultArrayLength"] ?? "").prefix(60))', "
                    + "not a number from 0 to \(SpectrumFileLimits.peaks)")
        }
        arrayLength = length
    }

    /// Whether this is an MS2 spectrum, which must then be centroided.
    func isWanted() throws(Malformed) -> Bool {
        guard level == 2 else { return false }
        guard !isProfile else {
            throw Malformed(
                "this MS2 spectrum is in profile mode; centroid it first, as with msconvert's peakPicking")
        }
        return true
    }

    /// Takes in what `term` says inside `element`.
    mutating func take(_ term: MzMLTerm, in element: String) throws(Malformed) {
        switch (element, term.accession) {
        case ("spectrum", "MS:1000511"): level = Int(term.value)
        case ("spectrum", "MS:1000128"): isProfile = true
        case ("spectrum", "MS:1000796"): title = term.value
        case ("spectrum", "MS:1000130"), ("scan", "MS:1000130"): ionMode = .positive
        case ("spectrum", "MS:1000129"), ("scan", "MS:1000129"): ionMode = .negative
        case ("scan", "MS:1000016") where scanCount == 1: retentionTime = try MzMLScan.seconds(term)
        case ("selectedIon", "MS:1000744") where selectedIonCount == 1: precursorMZ = try MzMLScan.mz(term)
        case ("selectedIon", "MS:1000041") where selectedIonCount == 1: charge = Int(term.value)
        case ("isolationWindow", "MS:1000827") where precursorCount == 1: isolationTarget = try? term.number()
        case ("isolationWindow", "MS:1000828") where precursorCount == 1: isolationOffsets.lower = try? term.number()
        case ("isolationWindow", "MS:1000829") where precursorCount == 1: isolationOffsets.upper = try? term.number()
        case ("activation", "MS:1000045") where precursorCount == 1:
            let unit = term.unitAccession == "UO:0000266" ? " eV" : ""
            collisionEnergy = String(term.value.onOneLine.prefix(60)) + unit
        case ("activation", let accession)
        where precursorCount == 1 && VocabularyTerm.dissociationMethods.contains(accession):
            let method = VocabularyTerm(accession, String(term.name.onOneLine.prefix(200)))
            if !dissociation.contains(method), dissociation.count < MzMLScan.mostMethods { dissociation.append(method) }
        default: return
        }
    }

    /// A binary array element of this spectrum with `attributes`.
    func array(_ attributes: XMLAttributes) -> BinaryArray {
        BinaryArray(
            length: attributes["arrayLength"].map { Int($0) ?? -1 } ?? arrayLength,
            encodedLength: attributes["encodedLength"].flatMap { Int($0) })
    }

    /// Decodes `array` when it holds m/z or intensities.
    mutating func add(_ array: BinaryArray) throws(Malformed) {
        guard let kind = array.kind else { return }
        guard array.length == arrayLength else {
            throw Malformed(
                "the \(kind.rawValue) has \(array.length) numbers, but defaultArrayLength is \(arrayLength)")
        }
        switch kind {
        case .mz: mzs = try array.values()
        case .intensity: intensities = try array.values()
        }
    }

    /// The spectrum, at the end of the element.
    func spectrum() throws(Malformed) -> Spectrum {
        guard arrayLength == 0 || (mzs != nil && intensities != nil) else {
            throw Malformed("the \(mzs == nil ? "m/z" : "intensity") array is missing")
        }
        var peaks = PeakList()
        for (mz, intensity) in zip(mzs ?? [], intensities ?? []) {
            try peaks.append(mz: mz, intensity: intensity)
        }
        let charge = self.charge.flatMap { 1...999 ~= abs($0) ? abs($0) : nil }
        return Spectrum(
            name: title, accession: identifier, scanNumber: NativeID(identifier)?.scanNumber,
            precursorMZ: precursorMZ, precursorCharge: charge.map { ionMode == .negative ? -$0 : $0 },
            ionMode: ionMode, retentionTime: retentionTime, isolationWindow: isolationWindow,
            collisionEnergy: collisionEnergy, dissociation: dissociation, peaks: peaks.peaks)
    }

    /// The window around the target; nil when one of its three terms is missing, or when it is none.
    private var isolationWindow: ClosedRange<Double>? {
        guard let target = isolationTarget, let lower = isolationOffsets.lower, let upper = isolationOffsets.upper,
            lower >= 0, upper >= 0, lower <= target, target + upper <= SpectrumFileLimits.mz
        else { return nil }
        return target - lower...target + upper
    }

    private static func seconds(_ term: MzMLTerm) throws(Malformed) -> Double? {
        let unit: RetentionTimeUnit
        switch term.unitAccession {
        case "UO:0000010", "MS:1000038": unit = .second
        case "UO:0000031", "MS:1000039": unit = .minute
        default: return nil
        }
        let time = try term.number() * unit.rawValue
        return time >= 0 && time.isFinite ? time : nil
    }

    private static func mz(_ term: MzMLTerm) throws(Malformed) -> Double? {
        let mz = try term.number()
        guard mz <= SpectrumFileLimits.mz else {
            throw Malformed("the \(term.name) \(mz) is larger than \(Int(SpectrumFileLimits.mz))")
        }
        return mz > 0 ? mz : nil
    }
}
