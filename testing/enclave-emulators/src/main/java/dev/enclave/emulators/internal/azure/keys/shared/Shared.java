package dev.enclave.emulators.internal.azure.keys.shared;

import dev.enclave.emulators.internal.azure.keys.model.KeyVault;
import dev.enclave.emulators.internal.azure.keys.model.KeyVaultSettings;
import java.security.SecureRandom;

/** What the operations share. */
public record Shared(
    KeyVault vault, KeyVaultSettings settings, KeyAnswers answers, SecureRandom random) {}
