/// One fragment peak.
public struct Peak: Sendable, Hashable {
    /// Mass-to-charge ratio in daltons per elementary charge; positive and finite.
    public var mz: Double
    /// Intensity in the file's own unit; not negative, finite.
    public var intensity: Double

    /// A peak at `mz` of height `intensity`.
    public init(mz: Double, intensity: Double) {
        self.mz = mz
        self.intensity = intensity
    }
}

/// The polarity in which a spectrum was measured.
public enum IonMode: String, Sendable, Codable, CaseIterable {
    case positive, negative
}

/// A tandem mass spectrum and what its file says about it.
///
/// Readers keep what a file holds: peaks are sorted by m/z and otherwise untouched; cleaning and weighting
/// belong to ``SpectrumVectorizer``.
public struct Spectrum: Sendable, Hashable {
    /// The name of the compound or scan; empty when the file gives none.
    public var name: String
    /// The identifier within its source: a MassBank accession, a GNPS spectrum identifier, a scan's native id.
    public var accession: String?
    /// The number of the scan, where it alone tells the spectrum from the others of its run.
    public var scanNumber: Int?
    /// Precursor mass-to-charge ratio in daltons; positive when present.
    public var precursorMZ: Double?
    /// Precursor charge, signed; nil when the file does not say.
    public var precursorCharge: Int?
    /// The ion species in bracket notation, such as `[M+H]+`.
    public var adduct: String?
    /// The polarity; nil when the file does not say.
    public var ionMode: IonMode?
    /// The molecular formula in Hill order, as the file writes it.
    public var formula: String?
    /// The full InChIKey; its first 14 characters name the compound.
    public var inchiKey: String?
    /// The structure as a SMILES string, as the file writes it.
    public var smiles: String?
    /// Retention time in seconds.
    public var retentionTime: Double?
    /// The range of m/z in daltons from which precursors were isolated; nil when the file does not say.
    public var isolationWindow: ClosedRange<Double>?
    /// The kind of instrument as its source names it, such as `LC-ESI-QTOF`.
    public var instrumentType: String?
    /// The collision energy as its source writes it, with its unit.
    public var collisionEnergy: String?
    /// How precursors were fragmented: terms of the PSI-MS vocabulary, in the order of the file.
    public var dissociation: [VocabularyTerm]
    /// Peaks in ascending order of m/z.
    public var peaks: [Peak]

    /// A spectrum of `peaks`, which are sorted here by m/z.
    public init(
        name: String = "", accession: String? = nil, scanNumber: Int? = nil, precursorMZ: Double? = nil,
        precursorCharge: Int? = nil,
        adduct: String? = nil, ionMode: IonMode? = nil, formula: String? = nil, inchiKey: String? = nil,
        smiles: String? = nil, retentionTime: Double? = nil, isolationWindow: ClosedRange<Double>? = nil,
        instrumentType: String? = nil, collisionEnergy: String? = nil, dissociation: [VocabularyTerm] = [],
        peaks: [Peak] = []
    ) {
        self.name = name
        self.accession = accession
        self.scanNumber = scanNumber
        self.precursorMZ = precursorMZ
        self.precursorCharge = precursorCharge
        self.adduct = adduct
        self.ionMode = ionMode
        self.formula = formula
        self.inchiKey = inchiKey
        self.smiles = smiles
        self.retentionTime = retentionTime
        self.isolationWindow = isolationWindow
        self.instrumentType = instrumentType
        self.collisionEnergy = collisionEnergy
        self.dissociation = dissociation
        self.peaks = peaks.sorted { $0.mz < $1.mz }
    }

    /// What makes two spectra the same compound: the first block (14 characters) of the InChIKey, or, where the
    /// file gives none, the name.
    public var compound: String {
        if let inchiKey, inchiKey.count >= 14 { return String(inchiKey.prefix(14)) }
        return name
    }
}
