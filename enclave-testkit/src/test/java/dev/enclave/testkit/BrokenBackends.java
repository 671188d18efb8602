package dev.enclave.testkit;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningInput;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendDescription;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendTrait;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.CreateRequest;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.RawSignature;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SigningBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Backends with one thing wrong each, for {@link BrokenBackendsTest}. Nested and not named like
 * tests, so that nothing runs them by itself.
 */
final class BrokenBackends {

  private BrokenBackends() {}

  static class Unbroken implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole);
    }
  }

  static class DeclaresACapabilityItLacks implements BrokenContract {
    @Override
    public Set<BackendTrait> believed(Set<BackendTrait> whole) {
      return with(whole, BackendTrait.ATTESTS);
    }

    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return describing(whole, with(whole.describe().traits(), BackendTrait.ATTESTS));
    }
  }

  static class HidesACapability implements BrokenContract {
    @Override
    public Set<BackendTrait> believed(Set<BackendTrait> whole) {
      return without(whole, BackendTrait.LISTS);
    }

    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return describing(whole, without(whole.describe().traits(), BackendTrait.LISTS));
    }
  }

  static class HasATraitItsAuthorDoesNotExpect implements BrokenContract {
    @Override
    public Set<BackendTrait> believed(Set<BackendTrait> whole) {
      return without(whole, BackendTrait.COMPARE_AND_SET);
    }

    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole);
    }
  }

  static class CallsItselfPersistentAndForgets implements BrokenContract {
    @Override
    public InMemoryProvider whole() {
      return BrokenContract.super.whole().forgetting();
    }

    @Override
    public Set<BackendTrait> believed(Set<BackendTrait> whole) {
      return with(whole, BackendTrait.PERSISTENT);
    }

    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return describing(whole, with(whole.describe().traits(), BackendTrait.PERSISTENT));
    }
  }

  static class CallsItselfForgetfulAndPersists implements BrokenContract {
    @Override
    public Set<BackendTrait> believed(Set<BackendTrait> whole) {
      return without(whole, BackendTrait.PERSISTENT);
    }

    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return describing(whole, without(whole.describe().traits(), BackendTrait.PERSISTENT));
    }
  }

  static class AnswersAfterTheDeadlineThoughRemote implements BrokenContract {
    @Override
    public Set<BackendTrait> believed(Set<BackendTrait> whole) {
      return with(whole, BackendTrait.REMOTE);
    }

    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public BackendDescription describe() {
          return described(whole, with(whole.describe().traits(), BackendTrait.REMOTE));
        }

        @Override
        public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
            throws BackendFailure {
          return whole.sign(version, input, later(call));
        }
      };
    }
  }

  static class HasAnotherIdThanItsProvider implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      BackendDescription real = whole.describe();
      return describing(
          whole,
          new BackendDescription(
              BackendId.of("other"), real.authority(), real.traits(), real.algorithms()));
    }
  }

  static class PromisesLessThanItTakes implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      BackendDescription real = whole.describe();
      return describing(
          whole,
          new BackendDescription(
              real.id(),
              real.authority(),
              real.traits(),
              Map.of(
                  KeyAlgorithm.ED25519,
                  AlgorithmSupport.messagesUpTo(KeyAlgorithm.ED25519, 10),
                  KeyAlgorithm.AES_256_GCM,
                  AlgorithmSupport.wrapping(KeyAlgorithm.AES_256_GCM))));
    }
  }

  static class ReportsMoreAssuranceThanItCan implements BrokenContract {
    @Override
    public InMemoryProvider whole() {
      return BrokenContract.super.whole().assurance(Assurance.SOFTWARE);
    }

    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
          return inHsm(whole.create(request, call));
        }

        @Override
        public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
          return inHsm(whole.load(name, call));
        }
      };
    }

    private static KeySnapshot inHsm(KeySnapshot key) {
      return withVersions(
          key,
          key.versions().stream()
              .map(
                  v ->
                      new KeyVersion(
                          v.id(),
                          v.state(),
                          v.createdAt(),
                          v.publicKey(),
                          Assurance.HSM,
                          v.origin(),
                          v.providerUri()))
              .toList());
    }
  }

  static class ReportsAlreadyExistsAsTransient implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
          try {
            return whole.create(request, call);
          } catch (BackendFailure failure) {
            throw BackendFailure.transientFailure(failure.code(), failure.getMessage());
          }
        }
      };
    }
  }

  static class SaysNothingWhenItFails implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
          try {
            return whole.load(name, call);
          } catch (BackendFailure failure) {
            throw BackendFailure.permanent(failure.code(), " ");
          }
        }
      };
    }
  }

  static class ShowsTheInputInAMessage implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
            throws BackendFailure {
          try {
            return whole.sign(version, input, call);
          } catch (BackendFailure failure) {
            String shown =
                input instanceof dev.enclave.Message message
                    ? new String(message.toByteArray(), java.nio.charset.StandardCharsets.UTF_8)
                    : "a digest";
            throw BackendFailure.permanent(failure.code(), "cannot sign " + shown);
          }
        }
      };
    }
  }

  static class ThrowsARuntimeException implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
          try {
            return whole.load(name, call);
          } catch (BackendFailure failure) {
            throw new IllegalStateException(failure.getMessage());
          }
        }
      };
    }
  }

  static class NamesAnotherVersion implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
            throws BackendFailure {
          RawSignature good = whole.sign(version, input, call);
          return new RawSignature(
              good.value(), good.encoding(), KeyVersionId.of("99"), Optional.empty());
        }
      };
    }
  }

  static class MakesSignaturesThatDoNotVerify implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
            throws BackendFailure {
          RawSignature good = whole.sign(version, input, call);
          byte[] value = good.value().toByteArray();
          value[0] ^= 1;
          return new RawSignature(
              Bytes.of(value), good.encoding(), good.version(), Optional.empty());
        }
      };
    }
  }

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
              new CreateRequest(
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
        public KeySnapshot prepare(RotateRequest request, CallContext call) throws BackendFailure {
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

  static class PreparesWhateverIsActive implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot prepare(RotateRequest request, CallContext call) throws BackendFailure {
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

  static class ListsVersionsNewestFirst implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
          KeySnapshot key = whole.load(name, call);
          List<KeyVersion> versions = new ArrayList<>(key.versions());
          Collections.reverse(versions);
          return withVersions(key, versions);
        }
      };
    }
  }

  static class ForgetsTheStamp implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
          KeySnapshot key = whole.load(name, call);
          return new KeySnapshot(
              key.name(),
              key.algorithm(),
              key.versions(),
              key.rotation(),
              Optional.empty(),
              key.createdAt(),
              key.providerUri(),
              key.exportable());
        }
      };
    }
  }

  static class OpensWhatItDidNotWrap implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
            throws BackendFailure {
          try {
            return whole.unwrap(kek, wrapped, call);
          } catch (BackendFailure failure) {
            if (failure.code() == FailureCode.CORRUPT) {
              return SecretBytes.takeOver(new byte[32]);
            }
            throw failure;
          }
        }
      };
    }
  }

  private static Set<BackendTrait> with(Set<BackendTrait> traits, BackendTrait more) {
    Set<BackendTrait> all = EnumSet.copyOf(traits);
    all.add(more);
    return all;
  }

  private static Set<BackendTrait> without(Set<BackendTrait> traits, BackendTrait less) {
    Set<BackendTrait> rest = EnumSet.copyOf(traits);
    rest.remove(less);
    return rest;
  }

  private static BackendDescription described(InMemoryBackend whole, Set<BackendTrait> traits) {
    BackendDescription real = whole.describe();
    return new BackendDescription(real.id(), real.authority(), traits, real.algorithms());
  }

  private static SigningBackend describing(InMemoryBackend whole, Set<BackendTrait> traits) {
    return describing(whole, described(whole, traits));
  }

  private static SigningBackend describing(InMemoryBackend whole, BackendDescription description) {
    return new ForwardingBackend(whole) {
      @Override
      public BackendDescription describe() {
        return description;
      }
    };
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

  private static CallContext later(CallContext call) {
    return new CallContext(
        call.operationId(),
        call.attempt(),
        call.time().now().plus(Duration.ofMinutes(1)),
        call.time());
  }

  private static KeySnapshot withVersions(KeySnapshot key, List<KeyVersion> versions) {
    return new KeySnapshot(
        key.name(),
        key.algorithm(),
        versions,
        key.rotation(),
        key.stamp(),
        key.createdAt(),
        key.providerUri(),
        key.exportable());
  }
}
