// Serves the host folder that it is given until it is killed: what the tests of sudden death kill.
#if Service
    import JobRunner

    var settings = HostSettings()
    // Deaths are what is tested: no job is given up for them.
    settings.interruptionLimit = .max
    let host = try SearchHost(folder: CommandLine.arguments[1], settings: settings, purpose: .serving)
    await host.scheduler.run()
#endif
