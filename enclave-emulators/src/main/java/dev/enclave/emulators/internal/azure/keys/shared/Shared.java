package dev.enclave.emulators.internal.azure.keys.shared;

import dev.enclave.emulators.internal.azure.keys.model.Vault;
import dev.enclave.emulators.internal.azure.keys.model.VaultSettings;
import java.security.SecureRandom;

/** What the operations share. */
public record Shared(
    Vault vault, VaultSettings settings, KeyAnswers answers, SecureRandom random) {}
