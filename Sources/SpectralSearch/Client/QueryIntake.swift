import Ring
import Spectra

/// Query spectra on their way to encryption: they become vectors as they arrive, a block at a time on all cores, and
/// their peaks are let go.
///
/// Memory holds one block of peaks, the vectors that were not taken yet, and the little that a run's record keeps of
/// each query.
public struct QueryIntake: Sendable {
    /// The recipe by which the vectors are made.
    public let recipe: VectorRecipe
    /// The vectors of the latest queries, in their order, that were not taken yet.
    public private(set) var vectors: [[Float]] = []
    /// What the record keeps of the spectra that can be searched for.
    public private(set) var queries: [RunRecord.Query] = []
    /// Names of the spectra left out because they are of the other ion mode.
    public private(set) var otherMode: [String] = []
    /// Names of the spectra left out because no peak survived cleaning.
    public private(set) var withoutPeaks: [String] = []
    /// Names of the spectra whose precursor is unknown: they are searched by their fragments alone.
    public private(set) var withoutPrecursor: [String] = []
    /// Number of spectra that arrived.
    public private(set) var spectrumCount = 0
    /// How the queries' precursors were fragmented: each method once, in the order of arrival.
    private(set) var dissociation: [VocabularyTerm] = []

    private let ionMode: IonMode?
    private let vectorizer: SpectrumVectorizer
    private let threads: Int
    private var block: [Query] = []
    private var blockPeakCount = 0

    private struct Query: Sendable {
        var spectrum: Spectrum
        var record: RunRecord.Query
    }

    /// What a block holds at most; its last spectrum may be of up to a million peaks itself.
    private static let blockLimits = (spectra: 256, peaks: 1 << 20)
    /// More methods of dissociation are not kept; the vocabulary has some 25.
    private static let mostMethods = 32

    /// Makes vectors by the recipe of `card`, on up to `threads` cores.
    public init(card: LibraryCard, threads: Int) {
        recipe = card.content.vector
        ionMode = card.content.ionMode
        vectorizer = SpectrumVectorizer(recipe: card.content.vector)
        self.threads = threads
    }

    /// Takes in the next spectrum of a file.
    public mutating func add(_ spectrum: Spectrum) {
        let record = RunRecord.Query(spectrum, position: spectrumCount)
        spectrumCount += 1
        if let ionMode, let mode = spectrum.ionMode, mode != ionMode {
            otherMode.append(record.name)
            return
        }
        block.append(Query(spectrum: spectrum, record: record))
        blockPeakCount += spectrum.peaks.count
        if block.count == Self.blockLimits.spectra || blockPeakCount >= Self.blockLimits.peaks { completeBlock() }
    }

    /// Makes vectors of the spectra that wait for their block to fill.
    public mutating func completeBlock() {
        let made = parallelMap(block, threads: threads) { [vectorizer, recipe] query -> [Float]? in
            query.spectrum.isSearchable(recipe) ? vectorizer.vector(of: query.spectrum) : nil
        }
        for (query, vector) in zip(block, made) {
            guard let vector else {
                withoutPeaks.append(query.record.name)
                continue
            }
            if query.record.precursorMZ == nil { withoutPrecursor.append(query.record.name) }
            vectors.append(vector)
            queries.append(query.record)
            for method in query.spectrum.dissociation
            where !dissociation.contains(method) && dissociation.count < Self.mostMethods {
                dissociation.append(method)
            }
        }
        block.removeAll(keepingCapacity: true)
        blockPeakCount = 0
    }

    /// Hands out the first `count` of ``vectors``, or all when there are fewer.
    public mutating func takeVectors(_ count: Int) -> [[Float]] {
        let taken = Array(vectors.prefix(count))
        vectors.removeFirst(taken.count)
        return taken
    }
}

extension RunRecord.Query {
    /// What the record keeps of `spectrum`, number `position` of its file. A spectrum without a name is called by its
    /// identifier, else by its number.
    init(_ spectrum: Spectrum, position: Int) {
        name = spectrum.name.isEmpty ? spectrum.accession ?? "spectrum \(position + 1)" : spectrum.name
        precursorMZ = spectrum.precursorMZ
        self.position = position
        nativeID = spectrum.accession
        scanNumber = spectrum.scanNumber
        charge = spectrum.precursorCharge
        retentionTime = spectrum.retentionTime
        ionMode = spectrum.ionMode
        adduct = spectrum.adduct
        isolationWindow = spectrum.isolationWindow
    }
}

/// Query spectra made ready for encryption: vectors of those that can be searched for, and a count of the rest.
public struct QueryVectors: Sendable {
    /// The vectors, one for each of ``queries``.
    public let vectors: [[Float]]
    /// The recipe by which the vectors were made.
    public let recipe: VectorRecipe
    /// What the record keeps of the spectra that can be searched for.
    public let queries: [RunRecord.Query]
    /// The file that they come from; nil when they were made in memory.
    public let source: RunRecord.Source?
    /// The spectra that can be searched for.
    package let spectra: [Spectrum]
    /// Names of the spectra left out because they are of the other ion mode.
    public let otherMode: [String]
    /// Names of the spectra left out because no peak survived cleaning.
    public let withoutPeaks: [String]
    /// Names of the spectra whose precursor is unknown: they are searched by their fragments alone.
    public let withoutPrecursor: [String]

    /// The vectors of `spectra` by the recipe of `card`.
    public init(_ spectra: [Spectrum], card: LibraryCard, threads: Int) {
        var intake = QueryIntake(card: card, threads: threads)
        for spectrum in spectra { intake.add(spectrum) }
        intake.completeBlock()
        self.init(intake, source: nil, spectra: intake.queries.compactMap { $0.position.map { spectra[$0] } })
    }

    /// The vectors that `intake` made of the spectra of `source` and that nobody took.
    public init(_ intake: QueryIntake, source: RunRecord.Source) {
        self.init(intake, source: source, spectra: [])
    }

    private init(_ intake: QueryIntake, source: RunRecord.Source?, spectra: [Spectrum]) {
        precondition(intake.vectors.count == intake.queries.count, "no vectors were taken")
        (vectors, recipe, queries) = (intake.vectors, intake.recipe, intake.queries)
        (self.source, self.spectra) = (source, spectra)
        (otherMode, withoutPeaks, withoutPrecursor) = (intake.otherMode, intake.withoutPeaks, intake.withoutPrecursor)
    }
}
