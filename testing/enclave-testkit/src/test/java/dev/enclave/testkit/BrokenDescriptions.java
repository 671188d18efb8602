package dev.enclave.testkit;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.SigningBackend;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Backends that are not what they say they are. Nested and not named like tests, so that nothing
 * runs them by itself.
 */
final class BrokenDescriptions {

  private BrokenDescriptions() {}

  static class Unbroken implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole);
    }
  }

  static class OffersAlgorithmsItCannotSignWith implements BrokenContract {
    @Override
    public Set<BackendTrait> believed(Set<BackendTrait> whole) {
      return without(whole, BackendTrait.SIGNS);
    }

    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return without(whole, KeySigner.class);
    }
  }

  static class LacksACapabilityItsAuthorExpects implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return without(whole, KeyLister.class);
    }
  }

  static class HasACapabilityItsAuthorDoesNotExpect implements BrokenContract {
    @Override
    public Set<BackendTrait> believed(Set<BackendTrait> whole) {
      return without(whole, BackendTrait.LISTS);
    }

    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole);
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
      return describing(whole, whole.describe().withId(BackendId.of("other")));
    }
  }

  static class PromisesLessThanItTakes implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return describing(
          whole,
          whole
              .describe()
              .withAlgorithms(
                  List.of(
                      AlgorithmSupport.messagesUpTo(SigningAlgorithm.ED25519, 10),
                      AlgorithmSupport.wrapping(WrappingAlgorithm.AES_256_GCM))));
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
          key, key.versions().stream().map(v -> v.withAssurance(Assurance.HSM)).toList());
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
    return whole.describe().withTraits(traits);
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

  private static SigningBackend without(InMemoryBackend whole, Class<?> capability) {
    return new ForwardingBackend(whole) {
      @Override
      public <C extends Capability> Optional<C> capability(Class<C> type) {
        return type == capability ? Optional.empty() : super.capability(type);
      }
    };
  }

  private static CallContext later(CallContext call) {
    return CallContext.of(
        call.operationId(),
        call.attempt(),
        Deadline.in(Duration.ofMinutes(1), call.time()),
        call.time());
  }

  private static KeySnapshot withVersions(KeySnapshot key, List<KeyVersion> versions) {
    return key.withVersions(versions);
  }
}
