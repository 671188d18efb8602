package dev.enclave.testkit.contract;

/**
 * Everything a backend must do with keys that the contracts make themselves: fit for a place where
 * other keys live, which stay as they are.
 */
public interface KeysContract
    extends DescriptionContract,
        KeyLifecycleContract,
        ListingContract,
        StateContract,
        DestructionContract,
        PublicKeysContract,
        SigningContract,
        PreparationContract,
        RotationContract,
        VersionLifeContract,
        IntervalContract,
        WrappingContract,
        SealedBoxContract,
        StampContract,
        AdoptionContract,
        ExportContract,
        ImportContract,
        PermissionContract,
        ErrorContract,
        ConcurrencyContract,
        ObservationContract,
        ClosingContract {}
