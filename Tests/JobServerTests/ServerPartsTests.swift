#if Service
    import Foundation
    import Storage
    import Synchronization
    import TestSupport
    import Testing

    @testable import JobServer

    struct ServerPartsTests {
        @Test func rangesAreThoseOfTheStandard() {
            func part(_ text: String, of count: Int) -> Range<Int>? { ByteRange(text)?.clamped(to: count) }
            #expect(part("bytes=0-0", of: 10) == 0..<1)
            #expect(part("bytes=3-", of: 10) == 3..<10)
            #expect(part("bytes=3-99", of: 10) == 3..<10)
            #expect(part("bytes=-4", of: 10) == 6..<10)
            #expect(part("bytes=-40", of: 10) == 0..<10)
            #expect(part("bytes=10-", of: 10) == nil)
            #expect(part("bytes=-0", of: 10) == nil)
            #expect(part("bytes=0-9223372036854775807", of: 10) == 0..<10)
            for text in [
                "bytes=", "bytes=-", "bytes=5-3", "bytes=a-", "bytes=1-2,4-5", "bytes=+1-2", "lines=1-2",
                "bytes=99999999999999999999-",
            ] { #expect(ByteRange(text) == nil, "\(text)") }
        }

        /// A bucket gives what it has, and gets as much in a minute.
        @Test func ratesAreHeld() {
            let start = ContinuousClock.now
            let passed = Mutex(0.0)
            let limiter = RateLimiter(perMinute: 6) { start + .seconds(passed.withLock(\.self)) }
            for number in 0..<6 { #expect(limiter.take(for: "a").remaining == 5 - number) }
            let refused = limiter.take(for: "a")
            #expect(!refused.isGranted && refused.secondsToNext == 10 && refused.secondsToFull == 60)
            #expect(limiter.take(for: "b").isGranted)
            passed.withLock { $0 = 10 }
            #expect(limiter.take(for: "a").isGranted)
            #expect(!limiter.take(for: "a").isGranted)
            passed.withLock { $0 = 1000 }
            #expect(limiter.take(for: "a").remaining == 5)
        }

        @Test func settingsComeFromFileAndEnvironment() throws {
            let folder = try TemporaryFolder()
            let path = try folder.write(
                Data(#"{"listen": "127.0.0.1:9000", "requestsPerMinute": 7, "host": {"threads": 2}}"#.utf8),
                to: "config")
            let settings = try ServerSettings(
                path: path, environment: ["MSFHE_SERVE_LISTEN": "[::1]:9001", "MSFHE_SERVE_HOST_THREADS": "3"])
            #expect(settings.requestsPerMinute == 7 && settings.host.threads == 3)
            #expect(try settings.address == ("::1", 9001))
            #expect(settings.chunkByteLimit == ServerSettings().chunkByteLimit)
            // What is printed is read again.
            try JSONEncoder().encode(settings).write(to: URL(fileURLWithPath: path))
            #expect(try ServerSettings(path: path, environment: [:]) == settings)
        }

        @Test(arguments: [
            "", "[]", "{", #"{"port": 1}"#, #"{"host": 1}"#, #"{"host": {"cores": 1}}"#, #"{"listen": "here"}"#,
            #"{"listen": "0.0.0.0:8420"}"#, #"{"listen": "127.0.0.1:99999"}"#, #"{"requestsPerMinute": 0}"#,
            #"{"requestsPerMinute": "many"}"#, #"{"tlsKey": "key.pem"}"#, #"{"host": {"threads": -1}}"#,
            #"{"listen": "127.example.org:8420"}"#, #"{"idleSeconds": 9223372036854775807}"#,
            #"{"host": {"retrySeconds": 1152921504606846976}}"#, #"{"host": {"indexByteLimit": -1}}"#,
        ])
        func otherSettingsAreRefused(_ text: String) throws {
            let folder = try TemporaryFolder()
            let path = try folder.write(Data(text.utf8), to: "config")
            #expect(throws: InputError.self) { try ServerSettings(path: path, environment: [:]) }
        }

        @Test func plaintextIsForThisMachineUnlessSaidOtherwise() throws {
            for listen in ["0.0.0.0:1", "[::]:1", "192.0.2.1:1", "host.example.org:1"] {
                let environment = ["MSFHE_SERVE_LISTEN": listen]
                #expect(throws: InputError.self) { try ServerSettings(path: nil, environment: environment) }
                #expect(throws: Never.self) {
                    try ServerSettings(
                        path: nil, environment: environment.merging(["MSFHE_SERVE_ALLOW_PLAINTEXT": "true"]) { $1 })
                }
            }
        }

        @Test func metricsAreInTheTextFormat() {
            let metrics = ServerMetrics()
            metrics.record(method: "GET", route: "/v1/\"jobs\"", status: 200, .milliseconds(500))
            metrics.record(method: "GET", route: "/v1/\"jobs\"", status: 200, .milliseconds(500))
            metrics.set("queued", [("mode", "batch")], to: 3)
            metrics.makeCounter(label: "hb.requests", dimensions: []).increment(by: 4)
            #expect(
                metrics.text == """
                    # TYPE hb_requests counter
                    hb_requests 4.0
                    # HELP http_request_duration_seconds Time until an answer began.
                    # TYPE http_request_duration_seconds summary
                    http_request_duration_seconds_count{method="GET",route="/v1/\\"jobs\\""} 2.0
                    http_request_duration_seconds_sum{method="GET",route="/v1/\\"jobs\\""} 1.0
                    # HELP http_requests_total Requests that were answered.
                    # TYPE http_requests_total counter
                    http_requests_total{method="GET",route="/v1/\\"jobs\\"",status="200"} 2.0
                    # TYPE queued gauge
                    queued{mode="batch"} 3.0

                    """)
        }
    }
#endif
