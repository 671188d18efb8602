package dev.enclave.testkit.contract;

/**
 * Everything a backend must do.
 *
 * <pre>{@code
 * class MyBackendTest implements BackendContract {
 *   @Override
 *   public BackendHarness harness() {
 *     return BackendHarness.of(new MyProvider(), new SecureRandom())
 *         .expecting(BackendTrait.PERSISTENT, BackendTrait.STAMPS);
 *   }
 * }
 * }</pre>
 */
public interface BackendContract
    extends DescriptionContract,
        KeyLifecycleContract,
        StateContract,
        SigningContract,
        PreparationContract,
        RotationContract,
        WrappingContract,
        StampContract,
        AdoptionContract,
        ExportContract,
        ImportContract,
        ResealingContract,
        PermissionContract,
        ErrorContract,
        ConcurrencyContract,
        ClosingContract {}
