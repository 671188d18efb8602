package dev.enclave.emulators.internal.aws.kms;

import dev.enclave.emulators.internal.aws.common.Partition;
import java.security.SecureRandom;

/** What all operations work on. */
record Shared(
    Keys keys,
    KeyFinder finder,
    Access access,
    Partition partition,
    SecureRandom random,
    CustomKeyStores stores,
    int mostItems) {}
