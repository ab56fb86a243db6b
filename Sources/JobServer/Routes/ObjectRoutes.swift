#if Service
    import Foundation
    import HTTPTypes
    import Hummingbird
    import JobRunner
    import SpectralSearch

    /// Projects, libraries, uploads and data sets.
    struct ObjectRoutes {
        let settings: ServerSettings
        let limits: HostSettings

        func add(to api: RouterGroup<ServerContext>) {
            api.get("account", use: account)
            addProjects(to: api.group("projects"))
            addLibraries(to: api.group("libraries"))
            addUploads(to: api.group("uploads"))
            addDatasets(to: api.group("datasets"))
        }

        private func account(_ request: Request, _ context: ServerContext) async throws -> Response {
            let limits = AccountItem.Limits(
                fileBytes: limits.fileByteLimit, chunkBytes: settings.chunkByteLimit,
                projectBytes: limits.projectByteLimit, annotationBytes: limits.annotationByteLimit,
                activeJobs: limits.accountJobLimit, requestsPerMinute: settings.requestsPerMinute)
            return try .json(AccountItem(account: context.access.account.id.description, limits: limits))
        }

        // MARK: Projects

        private func addProjects(to group: RouterGroup<ServerContext>) {
            group.get { request, context in
                let (after, limit) = try request.page()
                let projects = try await context.access.projects(after: after, limit: limit + 1)
                return try Response.json(Items(projects, limit: limit, name: \.id) { ProjectItem($0) })
            }
            group.post { request, context in
                let wanted = try await request.json(ProjectRequest.self)
                let made = try await context.access.createProject(annotation: wanted.annotation ?? Data())
                return try Response.json(ProjectItem(made), .created)
            }
            group.get(":id") { _, context in
                try await Response.json(ProjectItem(context.access.project(context.object())))
            }
            group.put(":id/annotation") { request, context in
                let wanted = try await request.json(AnnotationRequest.self)
                try await context.access.annotate(project: context.object(), wanted.annotation)
                return Response.done
            }
            group.get(":id/members") { request, context in
                let (after, limit) = try request.page()
                let members = try await context.access.members(of: context.object(), after: after, limit: limit + 1)
                return try Response.json(
                    Items(members, limit: limit, name: \.account) {
                        MemberItem(account: $0.account.description, role: $0.role.rawValue)
                    })
            }
            group.put(":id/members/:account") { request, context in
                let wanted = try await request.json(RoleRequest.self)
                guard let role = Role(rawValue: wanted.role) else {
                    let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
                    throw Problem.invalid("there is no role '\(wanted.role.prefix(40))'; there are \(roles)")
                }
                try await context.access.setRole(role, of: context.object("account"), in: context.object())
                return Response.done
            }
            group.delete(":id/members/:account") { _, context in
                try await context.access.setRole(nil, of: context.object("account"), in: context.object())
                return Response.done
            }
        }

        // MARK: Libraries

        private func addLibraries(to group: RouterGroup<ServerContext>) {
            group.get { request, context in
                let (after, limit) = try request.page()
                let libraries = try await context.access.libraries(after: after, limit: limit + 1)
                return try Response.json(Items(libraries, limit: limit, name: \.id) { LibraryItem($0) })
            }
            group.post { request, context in
                let wanted = try await request.json(LibraryRequest.self)
                let made = try await context.access.createLibrary(
                    name: wanted.name, project: ServerContext.object(wanted.project),
                    uploads: wanted.uploads.mapValues { try ServerContext.object($0) },
                    isShared: wanted.shared ?? false)
                return try Response.json(LibraryItem(made), .created)
            }
            group.get(":id") { _, context in
                try await Response.json(LibraryItem(context.access.library(context.object())))
            }
            group.put(":id/sharing") { request, context in
                let wanted = try await request.json(SharingRequest.self)
                try await context.access.share(wanted.shared, library: context.object())
                return Response.done
            }
            group.delete(":id") { _, context in
                try await context.access.deleteLibrary(context.object())
                return Response.done
            }
            group.get(":id/files/:name") { request, context in
                let name = try context.parameters.require("name")
                let file = try await context.access.readLibraryFile(name, of: context.object())
                let type = name.hasSuffix(".json") ? "application/json" : "application/octet-stream"
                return try Response.file(file, sha256: nil, type: type, for: request)
            }
        }

        // MARK: Uploads

        private func addUploads(to group: RouterGroup<ServerContext>) {
            group.get { request, context in
                let (after, limit) = try request.page()
                let uploads = try await context.access.uploads(in: request.project(), after: after, limit: limit + 1)
                return try Response.json(Items(uploads, limit: limit, name: \.id) { UploadItem($0) })
            }
            group.post { request, context in
                let wanted = try await request.json(UploadRequest.self)
                let upload = try await context.access.beginUpload(
                    to: ServerContext.object(wanted.project), byteCount: wanted.bytes, sha256: wanted.sha256)
                return try Response.json(UploadItem(upload), .created)
            }
            group.get(":id") { _, context in
                try await Response.json(UploadItem(context.access.upload(context.object())))
            }
            group.patch(":id", use: continueUpload)
            group.delete(":id") { _, context in
                try await context.access.cancelUpload(context.object())
                return Response.done
            }
            group.post(":id/dataset") { request, context in
                let wanted = try await request.json(ProjectRequest.self)
                let dataset = try await context.access.finishDataset(
                    context.object(), annotation: wanted.annotation ?? Data())
                return try Response.json(DatasetItem(dataset), .created)
            }
        }

        /// Appends a chunk. What arrived of one that is cut counts.
        private func continueUpload(_ request: Request, _ context: ServerContext) async throws -> Response {
            guard let text = request.headers[.uploadOffset], let offset = Int(text), offset >= 0 else {
                throw Problem.invalid("the header Upload-Offset is missing: the number of bytes that the host has")
            }
            if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > settings.chunkByteLimit {
                throw Problem(
                    .contentTooLarge, "too-large", "Too large",
                    "a chunk has at most \(settings.chunkByteLimit) bytes, not \(length)")
            }
            let writer = try await context.access.continueUpload(context.object(), at: offset)
            do {
                var count = 0
                for try await buffer in request.body {
                    count += buffer.readableBytes
                    guard count <= settings.chunkByteLimit else {
                        throw Problem(
                            .contentTooLarge, "too-large", "Too large",
                            "a chunk has at most \(settings.chunkByteLimit) bytes")
                    }
                    try await writer.write(Array(buffer.readableBytesView))
                }
            } catch {
                _ = try? await writer.finish()
                throw error
            }
            return try Response.json(UploadItem(try await writer.finish()))
        }

        // MARK: Data sets

        private func addDatasets(to group: RouterGroup<ServerContext>) {
            group.get { request, context in
                let (after, limit) = try request.page()
                let datasets = try await context.access.datasets(in: request.project(), after: after, limit: limit + 1)
                return try Response.json(Items(datasets, limit: limit, name: \.id) { DatasetItem($0) })
            }
            group.get(":id") { _, context in
                try await Response.json(DatasetItem(context.access.dataset(context.object())))
            }
            group.get(":id/content") { request, context in
                let dataset = try await context.access.dataset(context.object())
                let file = try await context.access.readDataset(dataset.id)
                return try Response.file(
                    file, sha256: dataset.sha256.description, type: "application/octet-stream", for: request)
            }
            group.put(":id/annotation") { request, context in
                let wanted = try await request.json(AnnotationRequest.self)
                try await context.access.annotate(dataset: context.object(), wanted.annotation)
                return Response.done
            }
            group.delete(":id") { _, context in
                try await context.access.deleteDataset(context.object())
                return Response.done
            }
        }
    }

    extension HTTPField.Name {
        /// Where a chunk begins.
        static let uploadOffset = HTTPField.Name("Upload-Offset")!
    }
#endif
