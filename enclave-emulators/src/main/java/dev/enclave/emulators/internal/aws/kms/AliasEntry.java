package dev.enclave.emulators.internal.aws.kms;

import java.time.Instant;

/** Where an alias points: the key's id, and since when. */
record AliasEntry(String keyId, Instant created, Instant updated) {}
