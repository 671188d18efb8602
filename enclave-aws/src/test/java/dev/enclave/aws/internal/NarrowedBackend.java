package dev.enclave.aws.internal;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.aws.internal.backend.AwsKmsBackend;
import dev.enclave.aws.internal.model.KmsScheme;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendDescription;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendTrait;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.CreateRequest;
import dev.enclave.spi.KeyAdopter;
import dev.enclave.spi.KeyLister;
import dev.enclave.spi.KeyRotator;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyStateChanger;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.KeyWrapper;
import dev.enclave.spi.RawSignature;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SigningBackend;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The backend, saying no more than an imitation of AWS KMS can do. */
record NarrowedBackend(AwsKmsBackend backend, List<AlgorithmSupport> algorithms)
    implements SigningBackend, KeyLister, KeyRotator, KeyStateChanger, KeyWrapper, KeyAdopter {

  /** What else is declared, is tried against our own server. */
  static final Set<BackendTrait> TRAITS = traits();

  private static final Set<KeyAlgorithm> RIGHT_BY_MOTO =
      Set.of(
          SigningAlgorithm.ECDSA_P256_SHA256,
          SigningAlgorithm.ECDSA_P384_SHA384,
          SigningAlgorithm.ECDSA_P521_SHA512,
          SigningAlgorithm.ECDSA_SECP256K1_SHA256,
          SigningAlgorithm.RSA_PKCS1_2048_SHA256,
          SigningAlgorithm.RSA_PKCS1_4096_SHA512);

  NarrowedBackend {
    algorithms = List.copyOf(algorithms);
  }

  private static Set<BackendTrait> traits() {
    Set<BackendTrait> traits = EnumSet.copyOf(AwsKmsBackend.TRAITS);
    traits.remove(BackendTrait.IMPORTS);
    traits.remove(BackendTrait.RECONCILES);
    traits.remove(BackendTrait.PROBES_PERMISSIONS);
    return Set.copyOf(traits);
  }

  /**
   * Moto has no Ed25519, hashes a digest once more, and makes PSS salts of the longest length. So
   * whole messages only, by ECDSA and RSA PKCS #1.
   */
  static NarrowedBackend byMoto(AwsKmsBackend backend) {
    return new NarrowedBackend(
        backend,
        Stream.concat(
                RIGHT_BY_MOTO.stream()
                    .map(
                        a ->
                            AlgorithmSupport.messagesUpTo(a, KmsScheme.LONGEST_MESSAGE)
                                .messagesFrom(1)),
                Stream.of(AlgorithmSupport.wrapping(WrappingAlgorithm.AES_256_GCM)))
            .toList());
  }

  /** LocalStack has no Ed25519, and wraps by AES whatever the key is. */
  static NarrowedBackend byLocalStack(AwsKmsBackend backend) {
    return new NarrowedBackend(
        backend,
        backend.describe().algorithms().values().stream()
            .filter(support -> support.algorithm().family() != KeyAlgorithm.Family.EDDSA)
            .filter(support -> support.algorithm().family() != KeyAlgorithm.Family.RSA_OAEP)
            .toList());
  }

  @Override
  public BackendDescription describe() {
    BackendDescription full = backend.describe();
    return BackendDescription.of(full.id(), full.authority(), TRAITS, algorithms);
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return backend.load(name, call);
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    return backend.create(request, call);
  }

  @Override
  public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure {
    return backend.sign(version, input, call);
  }

  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    return backend.prepare(request, call);
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure {
    return backend.activate(request, next, call);
  }

  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    return backend.changeInterval(name, interval, call);
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef version, KeyState target, CallContext call)
      throws BackendFailure {
    return backend.changeState(version, target, call);
  }

  @Override
  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    return backend.wrap(kek, dataKey, call);
  }

  @Override
  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    return backend.unwrap(kek, wrapped, call);
  }

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    return backend.adopt(name, providerUri, call);
  }

  @Override
  public Names page(Optional<String> from, CallContext call) throws BackendFailure {
    return backend.page(from, call);
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return backend.health(call);
  }

  @Override
  public void close() {
    backend.close();
  }
}
