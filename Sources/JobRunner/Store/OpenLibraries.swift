#if Service
    import Foundation
    import SpectralSearch
    import Synchronization

    /// The libraries that are being searched: their cards, and those interactive indices that memory has room for.
    final class OpenLibraries: Sendable {
        private struct State {
            var cards: [ObjectID: LibraryCard] = [:]
            /// The one used last comes last.
            var searches: [(library: ObjectID, search: InteractiveSearch)] = []
        }

        private let state = Mutex(State())
        private let byteLimit: Int

        init(byteLimit: Int) { self.byteLimit = byteLimit }

        /// The card of `library`.
        func card(_ library: HostedLibrary, _ host: HostCore) throws -> LibraryCard {
            if let card = state.withLock({ $0.cards[library.id] }) { return card }
            let card = try LibraryCard(path: folder(library.id, host) + "/" + SpectralLibrary.FileName.card)
            state.withLock { $0.cards[library.id] = card }
            return card
        }

        /// A folder with the files of a library by their names, as a search wants them; their bytes have been checked.
        func folder(_ library: ObjectID, _ host: HostCore) throws -> String {
            let folder = host.workPath("library-\(library)")
            let files = try host.database.read { try $0.files(ofLibrary: library) }
            let paths = try files.map { (name: $0.name, path: try host.blobs.open($0.sha256).path) }
            guard !FileManager.default.fileExists(atPath: folder) else { return folder }
            let unfinished = host.workPath("\(ObjectID.fresh())")
            try FileManager.default.createDirectory(atPath: unfinished, withIntermediateDirectories: false)
            for (name, path) in paths {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(unfinished)/\(name)", withDestinationPath: path)
            }
            // Another thread may have been faster; its folder is the same.
            if rename(unfinished, folder) != 0 { try? FileManager.default.removeItem(atPath: unfinished) }
            return folder
        }

        /// The interactive search of a library, from memory if it is there.
        func interactiveSearch(_ library: ObjectID, card: LibraryCard, _ host: HostCore) throws -> InteractiveSearch {
            let kept = state.withLock { state -> InteractiveSearch? in
                guard let index = state.searches.firstIndex(where: { $0.library == library }) else { return nil }
                let entry = state.searches.remove(at: index)
                state.searches.append(entry)
                return entry.search
            }
            if let kept { return kept }
            let path = try folder(library, host) + "/" + SpectralLibrary.FileName.diagonals
            let search = InteractiveSearch(index: try InteractiveIndex(path: path, card: card))
            state.withLock { state in
                state.searches.append((library, search))
                while state.searches.count > 1, state.searches.reduce(0, { $0 + $1.search.index.byteCount }) > byteLimit
                {
                    state.searches.removeFirst()
                }
            }
            return search
        }

        /// Forgets a library that was deleted.
        func forget(_ library: ObjectID) {
            state.withLock { state in
                state.cards[library] = nil
                state.searches.removeAll { $0.library == library }
            }
        }
    }
#endif
