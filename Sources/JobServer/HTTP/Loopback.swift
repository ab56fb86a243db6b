#if Service
    import Foundation

    /// Whether what is sent to `host`, a name or an address, stays on this machine, and whether what comes from there came from
    /// here.
    package func isThisMachine(_ host: String) -> Bool {
        let host = host.lowercased().trimmingCharacters(in: ["[", "]"])
        if ["localhost", "::1"].contains(host) { return true }
        // Sockets of both kinds tell addresses of version 4 so.
        let mapped = "::ffff:"
        var address = in_addr()
        return inet_pton(AF_INET, host.hasPrefix(mapped) ? String(host.dropFirst(mapped.count)) : host, &address) == 1
            && UInt32(bigEndian: address.s_addr) >> 24 == 127
    }
#endif
