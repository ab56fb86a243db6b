#if Service
    import Foundation
    import Testing

    @testable import JobServer

    /// Lists come in pages.
    struct ListTests {
        /// The pages of each list, one after the other, are the list.
        @Test(.timeLimit(.minutes(1))) func pagesAreTheList() async throws {
            try await ServerFixture.with { server in
                let token = server.owner
                let project = try await server.project(token: token)
                let bytes = try server.files.content("run.msq")
                for number in 0..<5 {
                    _ = try await server.project(token: token)
                    _ = try await server.announce(bytes, to: project, token: token)
                    let dataset = try await server.send(bytes, to: project, token: token)
                    _ = try await server.call(.POST, "/v1/jobs", token: token, json: server.submission(dataset))
                    let member = try await server.call(.GET, "/v1/account", token: server.token("member \(number)"))
                        .json(AccountItem.self).account
                    _ = try await server.call(
                        .PUT, "/v1/projects/\(project)/members/\(member)", token: token,
                        json: RoleRequest(role: "auditor"))
                }
                try await pagesAreTheList("/v1/projects?", ProjectItem.self, \.id, count: 7, server)
                try await pagesAreTheList(
                    "/v1/projects/\(project)/members?", MemberItem.self, \.account, count: 6, server)
                try await pagesAreTheList("/v1/uploads?project=\(project)&", UploadItem.self, \.id, count: 5, server)
                try await pagesAreTheList("/v1/datasets?project=\(project)&", DatasetItem.self, \.id, count: 5, server)
                try await pagesAreTheList("/v1/jobs?project=\(project)&", JobItem.self, \.id, count: 5, server)
                try await pagesAreTheList("/v1/libraries?", LibraryItem.self, \.id, count: 1, server)
            }
        }

        private func pagesAreTheList<Item: Codable & Sendable>(
            _ path: String, _: Item.Type, _ name: (Item) -> String, count: Int, _ server: ServerFixture
        ) async throws {
            func page(_ query: String) async throws -> Items<Item> {
                try await server.call(.GET, path + query, token: server.owner).json()
            }
            let whole = try await page("")
            #expect(whole.items.count == count && whole.next == nil, "\(path)")
            for limit in 1...3 {
                var (names, after, pages) = ([String](), "", 0)
                repeat {
                    let part = try await page("limit=\(limit)\(after)")
                    #expect(part.items.count <= limit)
                    names += part.items.map(name)
                    after = part.next.map { "&after=\($0)" } ?? ""
                    pages += 1
                } while !after.isEmpty
                #expect(names == whole.items.map(name), "\(path)")
                #expect(pages == (count + limit - 1) / limit, "\(path)")
            }
        }
    }
#endif
