package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.Fallback;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Keys;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SealedBytes;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.SigningKey;
import dev.enclave.VersionSigner;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.admin.Administration;
import dev.enclave.admin.KeyBackup;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.deferred.DeferOptions;
import dev.enclave.migration.ReinstatementProposal;
import dev.enclave.testkit.InMemoryProvider;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A null argument is the caller's mistake: it is named, and nothing is asked or recorded. */
class NullArgumentsTest {

  @Test
  void areRefusedByName_andLeaveNoRecord() throws Exception {
    Bench bench = Bench.in("local").with(new InMemoryProvider());
    try (Enclave enclave = bench.open()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519));
      WrappingKey kek =
          enclave.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM));
      ManagedKey managed = enclave.admin().key("wallet-42");
      Map<Class<?>, Object> valid = valid(key, kek, managed);
      int before = bench.audit.events().size();

      int tried = 0;
      tried += refuses(Enclave.class, enclave, valid);
      tried += refuses(Keys.class, enclave.wrappingKeys(), valid);
      tried += refuses(SigningKey.class, key, valid);
      tried += refuses(Fallback.class, enclave.fallback(), valid);
      tried += refuses(VersionSigner.class, key.signer(), valid);
      tried += refuses(WrappingKey.class, kek, valid);
      tried += refuses(Administration.class, enclave.admin(), valid);
      tried += refuses(ManagedKey.class, managed, valid);

      assertThat(tried).isGreaterThan(40);
      assertThat(bench.audit.events()).hasSize(before);
    }
  }

  /** Gives null for each parameter in turn, and how many there were. */
  private static int refuses(Class<?> type, Object target, Map<Class<?>, Object> valid)
      throws IllegalAccessException {
    int tried = 0;
    List<String> unnamed = new ArrayList<>();
    for (Method method : type.getMethods()) {
      if (method.isSynthetic() || method.getDeclaringClass() == Object.class) {
        continue;
      }
      List<Class<?>> parameters = Arrays.asList(method.getParameterTypes());
      for (int missing = 0; missing < parameters.size(); missing++) {
        List<Object> arguments = new ArrayList<>();
        for (Class<?> parameter : parameters) {
          assertThat(valid).as(method.toString()).containsKey(parameter);
          arguments.add(valid.get(parameter));
        }
        arguments.set(missing, null);
        Throwable thrown = thrown(method, target, arguments);
        if (!(thrown instanceof NullPointerException)
            || !String.valueOf(thrown.getMessage()).matches("[a-z][A-Za-z]*")) {
          unnamed.add(method + ", parameter " + missing + ": " + thrown);
        }
        tried++;
      }
    }
    assertThat(unnamed).isEmpty();
    return tried;
  }

  private static Throwable thrown(Method method, Object target, List<Object> arguments)
      throws IllegalAccessException {
    try {
      method.invoke(target, arguments.toArray());
    } catch (InvocationTargetException e) {
      return Objects.requireNonNull(e.getCause());
    }
    throw new AssertionError(method + " took null");
  }

  private static Map<Class<?>, Object> valid(SigningKey key, WrappingKey kek, ManagedKey managed) {
    Message message = Message.ofUtf8("pay 10 to Alice");
    SignatureValue signature = key.sign(message);
    SealedBytes box = kek.seal(new byte[1], new byte[0]);
    Map<Class<?>, Object> valid = new HashMap<>();
    valid.put(String.class, "kek");
    valid.put(byte[].class, new byte[0]);
    valid.put(char[].class, "correct horse battery staple".toCharArray());
    valid.put(List.class, List.of());
    valid.put(BackendId.class, key.handle().backend());
    valid.put(KeyName.class, key.handle().name());
    valid.put(KeyHandle.class, key.handle());
    valid.put(KeyVersionId.class, signature.version());
    valid.put(KeyVersion.class, key.activeVersion());
    valid.put(SigningInput.class, message);
    valid.put(SigningKey.class, key);
    valid.put(SignOptions.class, SignOptions.defaults());
    valid.put(DeferOptions.class, SignOptions.defaults().once("order-1"));
    valid.put(Duration.class, Duration.ofSeconds(1));
    valid.put(SignatureValue.class, signature);
    valid.put(SignatureEncoding.class, SignatureEncoding.RAW);
    valid.put(SealedBytes.class, box);
    valid.put(RotationRequest.class, RotationRequest.now());
    valid.put(
        ReinstatementProposal.class,
        new ReinstatementProposal(
            EnvironmentType.LOCAL,
            key.handle(),
            signature.version(),
            key.publicKey(),
            signature.version(),
            Optional.empty(),
            Instant.EPOCH,
            Instant.EPOCH,
            Optional.empty(),
            List.of()));
    valid.put(RotationInterval.class, RotationInterval.NEVER);
    valid.put(KeyBackup.class, managed.backup("correct horse battery staple".toCharArray()));
    valid.put(KeyBackup.Derivation.class, KeyBackup.Derivation.PBKDF2);
    valid.put(KeySpec.class, KeySpec.named("other").algorithm(SigningAlgorithm.ED25519));
    return valid;
  }
}
