#if Service
    import Hummingbird
    import HummingbirdTLS
    import Metrics
    import ServiceLifecycle
#endif
