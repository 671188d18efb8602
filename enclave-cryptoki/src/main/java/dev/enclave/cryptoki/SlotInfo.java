package dev.enclave.cryptoki;

/** A slot (CK_SLOT_INFO), with CKF_ of {@link Ck}. */
public record SlotInfo(
    String description,
    String manufacturer,
    long flags,
    String hardwareVersion,
    String firmwareVersion) {}
