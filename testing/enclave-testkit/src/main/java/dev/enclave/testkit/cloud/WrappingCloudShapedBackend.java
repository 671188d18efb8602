package dev.enclave.testkit.cloud;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.error.IntegrityException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.testkit.cloud.CloudKeyService.CloudKey;
import java.security.SecureRandom;
import java.util.EnumSet;

/** The cloud-shaped backend of a service whose keys wrap as well. */
final class WrappingCloudShapedBackend extends CloudShapedBackend implements KeyWrapper {

  WrappingCloudShapedBackend(
      BackendId id,
      CloudShapedProvider.Account account,
      CloudSnapshots snapshots,
      SecureRandom random) {
    super(id, account, snapshots, random);
  }

  @Override
  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    return play(
        CloudOperation.WRAP,
        call,
        turn -> {
          requireWrapping(kek);
          CloudKey key = usable(kek, EnumSet.of(KeyState.ACTIVE), call);
          return key.material().wrap(dataKey);
        });
  }

  @Override
  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    return play(
        CloudOperation.UNWRAP,
        call,
        turn -> {
          requireWrapping(kek);
          CloudKey key = usable(kek, EnumSet.of(KeyState.ACTIVE, KeyState.VERIFY_ONLY), call);
          try {
            return key.material().unwrap(wrapped);
          } catch (IntegrityException e) {
            throw Refusals.notWrappedHere(kek);
          }
        });
  }

  private static void requireWrapping(KeyVersionRef kek) throws BackendFailure {
    if (kek.algorithm().purpose() != KeyPurpose.WRAP) {
      throw Refusals.cannotDo(kek, "wrap");
    }
  }
}
