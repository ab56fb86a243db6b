/// What `msfhe validate` found: accuracy, agreement, cost. Its JSON form is an interface on which scripts
/// rely.
package struct AccuracyReport: Sendable, Codable, Equatable {
    package var library: Library
    /// How many queries were searched.
    package var queries: Int
    /// How many numbers a spectrum vector has.
    package var dimension: Int
    /// `batch` or `interactive`.
    package var mode: String
    package var accuracy: Accuracy
    package var agreement: Agreement
    package var seconds: Seconds
    /// Seconds of the encrypted search over those of a plaintext product of the same shape on as many
    /// threads; from the upload in memory to the packed answer in memory.
    package var ratioToSgemm: Double
    /// The OpenBLAS core type that computed the plaintext product.
    package var openblasCore: String
    package var preset: String
    package var score: String
    /// `hidden`, `none` or `window`.
    package var precursor: String
    package var bytes: Bytes
    package var threads: Int
    /// The kernels used: `portable`, `avx2` or `avx512`.
    package var backend: String
    package var parameters: Parameters
    /// The version of the program's source, or `unknown`.
    package var commit: String
    /// The same figures for each ion mode, where the queries have both.
    package var ionModes: [IonModeResult]?
    /// How many of the queries given were not searched: no usable peaks, or an ion mode that the library lacks.
    package var queriesLeftOut: Int?
    /// What the host was told of the queries' precursors; nil for nothing.
    package var disclosed: String?
    /// Where the figures were measured.
    package var machine: Machine?
    /// The rankings and the agreement with their intervals.
    package var estimates: Estimates?
    /// The accuracy of the first hit by properties of the queries.
    package var breakdowns: [Breakdown]?
    /// The command that makes this report; file names without folders.
    package var command: String?
    /// How far false discovery rates and probabilities can be trusted; nil where there are too few compounds.
    package var statistics: Statistics?

    package init(
        library: Library, queries: Int, dimension: Int, mode: String, accuracy: Accuracy,
        agreement: Agreement,
        seconds: Seconds, ratioToSgemm: Double, openblasCore: String, preset: String, score: String,
        precursor: String, bytes: Bytes, threads: Int, backend: String, parameters: Parameters,
        commit: String,
        ionModes: [IonModeResult]? = nil, queriesLeftOut: Int? = nil, disclosed: String? = nil,
        machine: Machine? = nil, estimates: Estimates? = nil, breakdowns: [Breakdown]? = nil, command: String? = nil
    ) {
        self.library = library
        self.queries = queries
        self.dimension = dimension
        self.mode = mode
        self.accuracy = accuracy
        self.agreement = agreement
        self.seconds = seconds
        self.ratioToSgemm = ratioToSgemm
        self.openblasCore = openblasCore
        self.preset = preset
        self.score = score
        self.precursor = precursor
        self.bytes = bytes
        self.threads = threads
        self.backend = backend
        self.parameters = parameters
        self.commit = commit
        self.ionModes = ionModes
        self.queriesLeftOut = queriesLeftOut
        self.disclosed = disclosed
        self.machine = machine
        self.estimates = estimates
        self.breakdowns = breakdowns
        self.command = command
    }

    /// How large the library is.
    package struct Library: Sendable, Codable, Equatable {
        package var spectra: Int
        package var compounds: Int

        package init(spectra: Int, compounds: Int) {
            self.spectra = spectra
            self.compounds = compounds
        }
    }

    /// Accuracy of the encrypted search and of the plaintext search with float vectors.
    package struct Accuracy: Sendable, Codable, Equatable {
        package var encrypted: Ranking
        package var plaintext: Ranking
        /// Accuracy of the similarity that the vectors approximate, computed from the peaks; only where asked for.
        package var exact: Ranking?

        package init(encrypted: Ranking, plaintext: Ranking, exact: Ranking? = nil) {
            self.encrypted = encrypted
            self.exact = exact
            self.plaintext = plaintext
        }
    }

    /// Shares of queries, from 0 to 1, whose right compound is among the first; and its mean reciprocal rank.
    package struct Ranking: Sendable, Codable, Equatable {
        package var top1: Double
        package var top5: Double
        package var top10: Double
        package var mrr: Double

        package init(top1: Double, top5: Double, top10: Double, mrr: Double) {
            self.top1 = top1
            self.top5 = top5
            self.top10 = top10
            self.mrr = mrr
        }

        package init(_ accuracy: RankingAccuracy) {
            self.init(top1: accuracy.top1, top5: accuracy.top5, top10: accuracy.top10, mrr: accuracy.mrr)
        }
    }

    /// How close encrypted and plaintext search are, whatever the truth.
    package struct Agreement: Sendable, Codable, Equatable {
        /// The share of queries whose best compound is the same.
        package var top1: Double
        /// The mean share of the ten best compounds in common.
        package var top10Overlap: Double
        /// Encrypted scores minus those of the same integer vectors in plaintext.
        package var noise: Noise
        /// Scores of the integer vectors minus those of the float vectors.
        package var quantisation: Quantisation
        /// Scores of the float vectors minus those of the peaks; only where asked for.
        package var vectorisation: Vectorisation?

        package init(
            top1: Double, top10Overlap: Double, noise: Noise, quantisation: Quantisation,
            vectorisation: Vectorisation? = nil
        ) {
            self.vectorisation = vectorisation
            self.top1 = top1
            self.top10Overlap = top10Overlap
            self.noise = noise
            self.quantisation = quantisation
        }
    }

    /// Encryption noise in units of the score.
    package struct Noise: Sendable, Codable, Equatable {
        package var max: Double
        package var rms: Double
        /// What the noise formula says for these parameters.
        package var predictedRms: Double

        package init(max: Double, rms: Double, predictedRms: Double) {
            self.max = max
            self.rms = rms
            self.predictedRms = predictedRms
        }

        package init(_ statistics: ErrorStatistics, predictedRms: Double) {
            self.init(max: statistics.maximum, rms: statistics.rms, predictedRms: predictedRms)
        }
    }

    /// The effect of rounding vectors to integers, in units of the score.
    package struct Quantisation: Sendable, Codable, Equatable {
        package var max: Double
        package var rms: Double

        package init(max: Double, rms: Double) {
            self.max = max
            self.rms = rms
        }

        package init(_ statistics: ErrorStatistics) {
            self.init(max: statistics.maximum, rms: statistics.rms)
        }
    }

    /// What vectors lose against the peaks, in units of the score.
    package struct Vectorisation: Sendable, Codable, Equatable {
        package var max: Double
        package var rms: Double
        /// For the entropy score, the part of its expansion: the mean error of the similarity of the best hits, and the
        /// largest.
        package var expansion: Expansion?

        package struct Expansion: Sendable, Codable, Equatable {
            package var mean: Double
            package var max: Double
        }
    }

    /// Wall-clock seconds of each step.
    package struct Seconds: Sendable, Codable, Equatable {
        package var libraryBuild: Double
        package var keygen: Double
        package var encrypt: Double
        package var search: Double
        package var decrypt: Double
        package var plaintextSgemm: Double

        package init(
            libraryBuild: Double, keygen: Double, encrypt: Double, search: Double, decrypt: Double,
            plaintextSgemm: Double
        ) {
            self.libraryBuild = libraryBuild
            self.keygen = keygen
            self.encrypt = encrypt
            self.search = search
            self.decrypt = decrypt
            self.plaintextSgemm = plaintextSgemm
        }
    }

    /// Sizes in bytes: `keys` and `upload` go to the host, `download` comes back, `library` stays there.
    package struct Bytes: Sendable, Codable, Equatable {
        package var keys: Int
        package var upload: Int
        package var download: Int
        package var library: Int

        package init(keys: Int, upload: Int, download: Int, library: Int) {
            self.keys = keys
            self.upload = upload
            self.download = download
            self.library = library
        }
    }

    /// Ring dimension, bits of the largest modulus, and bits of security.
    package struct Parameters: Sendable, Codable, Equatable {
        package var n: Int
        package var logQ: Int
        package var securityBits: Int

        package init(n: Int, logQ: Int, securityBits: Int) {
            self.n = n
            self.logQ = logQ
            self.securityBits = securityBits
        }
    }

    /// The part of the figures that concerns one ion mode.
    package struct IonModeResult: Sendable, Codable, Equatable {
        /// `positive` or `negative`.
        package var ionMode: String
        package var library: Library
        package var queries: Int
        package var accuracy: Accuracy
        package var agreement: Agreement

        package init(
            ionMode: String, library: Library, queries: Int, accuracy: Accuracy, agreement: Agreement
        ) {
            self.ionMode = ionMode
            self.library = library
            self.queries = queries
            self.accuracy = accuracy
            self.agreement = agreement
        }
    }

    /// A machine, as far as speed depends on it.
    package struct Machine: Sendable, Codable, Equatable {
        package var processor: String
        package var operatingSystem: String
        package var cores: Int

        package init(processor: String, operatingSystem: String, cores: Int) {
            self.processor = processor
            self.operatingSystem = operatingSystem
            self.cores = cores
        }
    }
}
