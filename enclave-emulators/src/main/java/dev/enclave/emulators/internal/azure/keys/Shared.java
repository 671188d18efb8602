package dev.enclave.emulators.internal.azure.keys;

import java.security.SecureRandom;

/** What the operations share. */
record Shared(Vault vault, VaultSettings settings, KeyAnswers answers, SecureRandom random) {}
