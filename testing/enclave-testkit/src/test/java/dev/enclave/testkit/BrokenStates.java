package dev.enclave.testkit;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningInput;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.SigningBackend;
import java.util.List;
import java.util.Optional;

/**
 * Backends that do what the state forbids, or do things twice. Nested and not named like tests, so
 * that nothing runs them by itself.
 */
final class BrokenStates {

  private BrokenStates() {}

  static class SignsWithADisabledVersion implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return signingIn(whole, KeyState.DISABLED);
    }
  }

  static class SignsWithAPendingVersion implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return signingIn(whole, KeyState.PENDING);
    }
  }

  static class SignsOnceClosed implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public void close() {}
      };
    }
  }

  static class CreatesNotRepeatably implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
          return whole.create(
              CreateRequest.of(
                  request.name(),
                  request.algorithm(),
                  request.rotation(),
                  request.stamp(),
                  request.operationId() + System.identityHashCode(call)),
              call);
        }
      };
    }
  }

  static class PreparesNotRepeatably implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
          return whole.prepare(
              new RotateRequest(
                  request.name(),
                  request.expectedActive(),
                  request.operationId() + System.identityHashCode(call),
                  request.retiredState()),
              call);
        }
      };
    }
  }

  static class TakesWhatIsPendingForItsOwn implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
            throws BackendFailure {
          return whole.load(request.name(), call).versions().stream()
              .filter(version -> version.state() == KeyState.PENDING)
              .findFirst();
        }
      };
    }
  }

  static class PreparesWhateverIsActive implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
          KeyVersionId active = whole.load(request.name(), call).active().orElseThrow().id();
          return whole.prepare(
              new RotateRequest(
                  request.name(), active, request.operationId(), request.retiredState()),
              call);
        }
      };
    }
  }

  static class TellsEveryRacerThatItWon implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
            throws BackendFailure {
          try {
            return whole.activate(request, next, call);
          } catch (BackendFailure failure) {
            if (failure.code() == FailureCode.CONFLICT) {
              return whole.load(request.name(), call);
            }
            throw failure;
          }
        }
      };
    }
  }

  static class TakesTheLastVersionForTheFirst implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
          KeySnapshot key = whole.load(name, call);
          return key.versions().stream().allMatch(v -> v.state() == KeyState.DESTROYED)
              ? onlyTheLast(key)
              : key;
        }
      };
    }

    private static KeySnapshot onlyTheLast(KeySnapshot key) {
      return key.withVersions(List.of(key.versions().get(key.versions().size() - 1)));
    }
  }

  /** Its public keys go with the private ones, although it says that it keeps them. */
  static class ForgetsPublicKeysOfDestroyedVersions implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
          KeySnapshot key = whole.load(name, call);
          return key.withVersions(
              key.versions().stream()
                  .map(
                      version ->
                          version.state() == KeyState.DESTROYED
                              ? version.withPublicKey(Optional.empty())
                              : version)
                  .toList());
        }
      };
    }
  }

  /** Signs with a version in that state by making it active for a moment. */
  private static SigningBackend signingIn(InMemoryBackend whole, KeyState forbidden) {
    return new ForwardingBackend(whole) {
      @Override
      public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
          throws BackendFailure {
        KeySnapshot key = whole.load(version.name(), call);
        if (key.version(version.version()).filter(v -> v.state() == forbidden).isEmpty()) {
          return whole.sign(version, input, call);
        }
        Optional<KeyVersion> active = key.active();
        if (active.isPresent()) {
          whole.changeState(key.ref(active.orElseThrow()), KeyState.DISABLED, call);
        }
        whole.changeState(version, KeyState.ACTIVE, call);
        return whole.sign(version, input, call);
      }
    };
  }
}
