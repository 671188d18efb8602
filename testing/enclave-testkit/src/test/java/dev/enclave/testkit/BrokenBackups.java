package dev.enclave.testkit;

import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.RestoreRequest;
import dev.enclave.spi.backend.SigningBackend;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Backends that give out or take in something else than the whole key. Nested and not named like
 * tests, so that nothing runs them by itself.
 */
final class BrokenBackups {

  private BrokenBackups() {}

  static class RestoresTheActiveVersionOnly implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return restoring(whole, key -> with(key, BrokenBackups::isActive, UnaryOperator.identity()));
    }
  }

  static class RestoresEveryVersionToVerifyOnly implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return restoring(whole, key -> with(key, v -> true, BrokenBackups::switchedOn));
    }
  }

  static class SaysThatARestoredKeyWasGenerated implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
          return generated(whole.restore(request, call));
        }
      };
    }
  }

  static class SaysThatItRestoredUnderATakenName implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
          try {
            return whole.restore(request, call);
          } catch (BackendFailure failure) {
            if (failure.code() == FailureCode.ALREADY_EXISTS) {
              return whole.load(request.name(), call);
            }
            throw failure;
          }
        }
      };
    }
  }

  static class RestoresNotRepeatably implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
          return whole.restore(
              RestoreRequest.of(
                  request.name(),
                  request.stamp(),
                  request.key(),
                  request.operationId() + System.identityHashCode(call)),
              call);
        }
      };
    }
  }

  static class LeavesDestroyedVersionsOutOfAnExport implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return exporting(
          whole, key -> with(key, v -> v.state() != KeyState.DESTROYED, UnaryOperator.identity()));
    }
  }

  static class ExportsTheSamePrivateKeyForEveryVersion implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return exporting(
          whole,
          key -> {
            Version last = key.versions().get(key.versions().size() - 1);
            return with(key, v -> true, v -> v.material().isEmpty() ? v : privateKeyOf(v, last));
          });
    }
  }

  private static boolean isActive(Version version) {
    return version.state() == KeyState.ACTIVE;
  }

  private static Version switchedOn(Version version) {
    return version.state() == KeyState.DISABLED
        ? Version.of(
            version.id(),
            KeyState.VERIFY_ONLY,
            version.createdAt(),
            version.publicKey(),
            version.material())
        : version;
  }

  private static Version privateKeyOf(Version version, Version other) {
    return Version.of(
        version.id(), version.state(), version.createdAt(), version.publicKey(), other.material());
  }

  private static ExportedKey with(
      ExportedKey key, java.util.function.Predicate<Version> kept, UnaryOperator<Version> change) {
    List<Version> versions = key.versions().stream().filter(kept).map(change).toList();
    return ExportedKey.of(
        key.name(),
        key.algorithm(),
        key.rotation(),
        key.stamp(),
        versions.isEmpty() ? key.versions() : versions);
  }

  private static KeySnapshot generated(KeySnapshot key) {
    return key.withVersions(
        key.versions().stream().map(v -> v.withOrigin(KeyOrigin.GENERATED)).toList());
  }

  private static SigningBackend restoring(
      InMemoryBackend whole, UnaryOperator<ExportedKey> change) {
    return new ForwardingBackend(whole) {
      @Override
      public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
        return whole.restore(
            RestoreRequest.of(
                request.name(),
                request.stamp(),
                change.apply(request.key()),
                request.operationId()),
            call);
      }
    };
  }

  private static SigningBackend exporting(
      InMemoryBackend whole, UnaryOperator<ExportedKey> change) {
    return new ForwardingBackend(whole) {
      @Override
      public ExportedKey export(KeyName name, CallContext call) throws BackendFailure {
        return change.apply(whole.export(name, call));
      }
    };
  }
}
