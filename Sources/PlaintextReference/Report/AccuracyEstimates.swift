extension AccuracyReport {
    /// A figure, and where the truth may lie.
    package struct Estimate: Sendable, Codable, Equatable {
        package var value: Double
        /// At 95 %, over compounds; nil where there are too few of them.
        package var interval: Interval?

        package init(value: Double, interval: Interval? = nil) {
            self.value = value
            self.interval = interval
        }
    }

    /// A figure of the encrypted and of the plaintext search of the same queries.
    package struct Contrast: Sendable, Codable, Equatable {
        package var encrypted: Estimate
        package var plaintext: Estimate
        /// Encrypted minus plaintext, query by query.
        package var difference: Estimate

        package init(encrypted: Estimate, plaintext: Estimate, difference: Estimate) {
            self.encrypted = encrypted
            self.plaintext = plaintext
            self.difference = difference
        }
    }

    /// The figures of ``Accuracy`` and ``Agreement`` that rest on a sample of compounds, with their intervals.
    package struct Estimates: Sendable, Codable, Equatable {
        /// The confidence of the intervals, from 0 to 1.
        package var level: Double
        /// How often compounds were drawn anew.
        package var resamples: Int
        /// How many compounds the queries are of.
        package var compounds: Int
        package var top1: Contrast
        package var top5: Contrast
        package var top10: Contrast
        package var mrr: Contrast
        /// The share of queries whose best compound is the same.
        package var sameBest: Estimate
        package var top10Overlap: Estimate
        package var changed: Changed

        package init(
            level: Double, resamples: Int, compounds: Int, top1: Contrast, top5: Contrast, top10: Contrast,
            mrr: Contrast, sameBest: Estimate, top10Overlap: Estimate, changed: Changed
        ) {
            self.level = level
            self.resamples = resamples
            self.compounds = compounds
            self.top1 = top1
            self.top5 = top5
            self.top10 = top10
            self.mrr = mrr
            self.sameBest = sameBest
            self.top10Overlap = top10Overlap
            self.changed = changed
        }
    }

    /// How many queries encryption moved: those whose right compound came first, or shared the first place with fewer
    /// others, in one of the two searches only.
    package struct Changed: Sendable, Codable, Equatable {
        package var gained: Int
        package var lost: Int

        package init(gained: Int, lost: Int) {
            self.gained = gained
            self.lost = lost
        }
    }

    /// The queries apart by one of their properties: each is in one group.
    package struct Breakdown: Sendable, Codable, Equatable {
        package var by: Property
        package var groups: [Group]

        package init(by: Property, groups: [Group]) {
            self.by = by
            self.groups = groups
        }

        /// What tells queries apart.
        package enum Property: String, Sendable, Codable, CaseIterable {
            case ionMode, instrumentType, collisionEnergy
            /// Peaks that cleaning leaves.
            case peaks
            /// Compounds of the library with a precursor within 0.01 Da.
            case candidates
        }

        /// Queries that have a property in common.
        package struct Group: Sendable, Codable, Equatable {
            package var name: String
            package var queries: Int
            package var compounds: Int
            package var top1: Contrast

            package init(name: String, queries: Int, compounds: Int, top1: Contrast) {
                self.name = name
                self.queries = queries
                self.compounds = compounds
                self.top1 = top1
            }
        }
    }
}
