#if Service
import GRDB
#endif
