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
 *
 * <p>For a place of the tests' own: {@link ResealingContract} changes the passphrase of the whole
 * store, and {@link AutomaticRotationContract} rotates every key there that is due, and destroys
 * versions of its own key only. In a place with other keys take {@link KeysContract}.
 */
public interface BackendContract
    extends KeysContract, ResealingContract, RewrappingContract, AutomaticRotationContract {}
