#if Service
    import HTTPTypes
    import NIOCore
    import NIOHTTPTypes
    import Synchronization

    /// What goes through the connections of a server.
    final class Traffic: Sendable {
        let openConnections = Atomic(0)
        /// Bytes of bodies.
        let receivedByteCount = Atomic(0)
        let sentByteCount = Atomic(0)
    }

    /// Watches a connection, and closes it when its client makes the server wait: no client holds an upload, an answer or a
    /// connection for ever.
    ///
    /// A client has `patience` to begin its next request, with all of its headers; a body comes at ``slowestRate`` or faster,
    /// over each `patience`, or is answered by 408; and of an answer, what the system does not take of a client that
    /// does not read, leaves in `patience`. While the server itself is at work, or does not take what was sent, nobody waits
    /// for the client.
    final class ConnectionKeeper: ChannelDuplexHandler, RemovableChannelHandler {
        typealias InboundIn = HTTPRequestPart
        typealias InboundOut = HTTPRequestPart
        typealias OutboundIn = HTTPResponsePart
        typealias OutboundOut = HTTPResponsePart

        /// Bytes a second.
        static let slowestRate = 1024

        private let patience: TimeAmount
        private let traffic: Traffic
        private var task: RepeatedTask?

        /// Since when the client is waited for.
        private var start = NIODeadline.now()
        /// Bytes of a body since then.
        private var byteCount = 0
        /// Requests whose answer has not ended.
        private var requestCount = 0
        private var bodyIsComing = false
        private var answerHasBegun = false
        private var isRefused = false
        /// Whether the server takes what is sent.
        private var isTaking = true

        init(patience: TimeAmount, traffic: Traffic) {
            self.patience = patience
            self.traffic = traffic
        }

        // MARK: Connection

        func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { begin(context) } }

        func channelActive(context: ChannelHandlerContext) {
            begin(context)
            context.fireChannelActive()
        }

        func channelInactive(context: ChannelHandlerContext) {
            end()
            context.fireChannelInactive()
        }

        func handlerRemoved(context: ChannelHandlerContext) { end() }

        private func begin(_ context: ChannelHandlerContext) {
            guard task == nil else { return }
            traffic.openConnections.add(1, ordering: .relaxed)
            start = .now()
            let here = NIOLoopBound((keeper: self, context: context), eventLoop: context.eventLoop)
            let interval = TimeAmount.nanoseconds(patience.nanoseconds / 4)
            task = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
                here.value.keeper.look(here.value.context)
            }
        }

        private func end() {
            guard let task else { return }
            task.cancel()
            self.task = nil
            traffic.openConnections.subtract(1, ordering: .relaxed)
        }

        private func look(_ context: ChannelHandlerContext) {
            guard !isRefused, NIODeadline.now() - start >= patience else { return }
            let isSlow = byteCount < Self.slowestRate * Int(patience.nanoseconds) / 1_000_000_000
            switch (bodyIsComing, requestCount) {
            case (true, _) where isTaking && isSlow: refuse(context)
            case (false, 0): context.close(promise: nil)
            case (false, _) where !context.channel.isWritable: context.close(promise: nil)
            default: waitAnew()
            }
        }

        private func waitAnew() {
            start = .now()
            byteCount = 0
        }

        private func refuse(_ context: ChannelHandlerContext) {
            isRefused = true
            guard !answerHasBegun else { return context.close(promise: nil) }
            let problem = Problem(
                .requestTimeout, "slow", "The request comes too slowly",
                "less than \(Self.slowestRate) bytes a second came for \(patience.nanoseconds / 1_000_000_000) s; an upload goes on where it was"
            )
            let (status, headers, body) = problem.message
            var head = HTTPResponse(status: status, headerFields: headers)
            head.headerFields[.contentLength] = String(body.readableBytes)
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(body)), promise: nil)
            let channel = context.channel
            context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
        }

        // MARK: Requests and answers

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head:
                requestCount += 1
                (bodyIsComing, answerHasBegun) = (true, false)
                waitAnew()
            case .body(let bytes):
                byteCount += bytes.readableBytes
                traffic.receivedByteCount.add(bytes.readableBytes, ordering: .relaxed)
            case .end:
                bodyIsComing = false
                waitAnew()
            }
            context.fireChannelRead(data)
        }

        func channelReadComplete(context: ChannelHandlerContext) {
            isTaking = false
            context.fireChannelReadComplete()
        }

        func read(context: ChannelHandlerContext) {
            isTaking = true
            context.read()
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) {
            if !bodyIsComing { waitAnew() }
            context.fireChannelWritabilityChanged()
        }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            // The connection is about to be closed, and its client was told why.
            guard !isRefused else { return promise?.fail(ChannelError.ioOnClosedChannel) ?? () }
            switch unwrapOutboundIn(data) {
            case .head: answerHasBegun = true
            case .body(let bytes): traffic.sentByteCount.add(bytes.readableBytes, ordering: .relaxed)
            case .end:
                requestCount -= 1
                if !bodyIsComing { waitAnew() }
            }
            context.write(data, promise: promise)
        }
    }
#endif
