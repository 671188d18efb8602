package dev.enclave.testkit;

import dev.enclave.Bytes;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningInput;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.SigningBackend;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Backends that answer or fail in a wrong way. Nested and not named like tests, so that nothing
 * runs them by itself.
 */
final class BrokenAnswers {

  private BrokenAnswers() {}

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
          return RawSignature.of(good.value(), good.encoding(), KeyVersionId.of("99"));
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
          return RawSignature.of(Bytes.of(value), good.encoding(), good.version());
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

  static class TakesAnUnreadableStampForNone implements BrokenContract {
    @Override
    public SigningBackend breaking(InMemoryBackend whole) {
      return new ForwardingBackend(whole) {
        @Override
        public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
            throws BackendFailure {
          return withStamp(whole.adopt(name, providerUri, call), StampReading.none());
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
          return withStamp(whole.load(name, call), StampReading.none());
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

  private static KeySnapshot withStamp(KeySnapshot key, StampReading stamp) {
    return key.withStamp(stamp);
  }

  private static KeySnapshot withVersions(KeySnapshot key, List<KeyVersion> versions) {
    return key.withVersions(versions);
  }
}
