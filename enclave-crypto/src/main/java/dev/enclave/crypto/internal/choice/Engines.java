package dev.enclave.crypto.internal.choice;

import dev.enclave.KeyAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.crypto.internal.bouncycastle.BouncyCastleEngine;
import dev.enclave.crypto.internal.corretto.CorrettoLoader;
import dev.enclave.crypto.internal.encoding.BouncyCastle;
import dev.enclave.crypto.internal.engine.AlgorithmEngine;
import dev.enclave.crypto.internal.engine.Loading;
import dev.enclave.crypto.internal.memory.SecretMemory;
import dev.enclave.crypto.internal.secp256k1.Secp256k1Loader;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.diagnosis.Diagnosis;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Picks the fastest engine of each algorithm, once, when the algorithm is first used: only then is
 * a native library loaded. An accelerator that does not load, or fails its {@link SelfCheck}, is
 * replaced by Bouncy Castle, and the reason kept for the inventory. Thread-safe.
 */
public final class Engines {

  /** Loads a native library once for the class loader of this class, and not before it is used. */
  private static final class Holder {
    private static final Engines PRESENT =
        new Engines(
            new Accelerator(
                "Corretto",
                new CorrettoLoader(
                        Engines.class.getClassLoader(),
                        System.getProperty("os.name", ""),
                        System.getProperty("os.arch", ""))
                    ::load),
            new Accelerator(
                "libsecp256k1", new Secp256k1Loader(Engines.class.getClassLoader())::load));
  }

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private record Choice(AlgorithmEngine engine, Optional<String> note) {

    String describe() {
      return engine.name() + note.map(text -> " (" + text + ")").orElse("");
    }
  }

  private final AlgorithmEngine bouncyCastle = new BouncyCastleEngine();
  private final Accelerator corretto;
  private final Accelerator secp256k1;
  private final Map<KeyAlgorithm, Choice> choices = new ConcurrentHashMap<>();

  public Engines(Accelerator corretto, Accelerator secp256k1) {
    this.corretto = corretto;
    this.secp256k1 = secp256k1;
  }

  /** The engines on the class path. */
  public static Engines present() {
    BouncyCastle.useFirst();
    return Holder.PRESENT;
  }

  public AlgorithmEngine of(KeyAlgorithm algorithm) {
    return choice(algorithm).engine();
  }

  /** Loads every engine. */
  public List<Diagnosis.EngineInfo> inventory() {
    return KeyAlgorithm.all().stream()
        .map(algorithm -> describe(algorithm, choice(algorithm)))
        .toList();
  }

  private static Diagnosis.EngineInfo describe(KeyAlgorithm algorithm, Choice choice) {
    return new Diagnosis.EngineInfo(
        algorithm,
        choice.describe(),
        choice.engine().memory(algorithm).describe(SecretMemory.present()));
  }

  private Choice choice(KeyAlgorithm algorithm) {
    BouncyCastle.require();
    KeyAlgorithm checked = SelfCheck.representative(algorithm);
    Choice known = choices.get(checked);
    return known != null ? known : choices.computeIfAbsent(checked, this::choose);
  }

  private Choice choose(KeyAlgorithm algorithm) {
    if (algorithm == WrappingAlgorithm.AES_256_GCM) {
      return new Choice(bouncyCastle, Optional.empty());
    }
    boolean koblitz = algorithm.curve().equals(Optional.of("secp256k1"));
    return choose(algorithm, koblitz ? secp256k1 : corretto);
  }

  private Choice choose(KeyAlgorithm algorithm, Accelerator accelerator) {
    Loading loading = accelerator.load();
    if (loading instanceof Loading.Ready ready) {
      Optional<String> failure = SelfCheck.of(ready.engine(), bouncyCastle, algorithm);
      return failure
          .map(why -> fallback(algorithm, accelerator.notUsed(why)))
          .orElseGet(() -> new Choice(ready.engine(), Optional.empty()));
    }
    return loading instanceof Loading.Refused refused
        ? fallback(algorithm, accelerator.notUsed(refused.why()))
        : new Choice(
            bouncyCastle, Optional.of(accelerator.notUsed(Texts.NOT_ON_CLASS_PATH.with())));
  }

  /** It lasts as long as the process, so it is said aloud. */
  private Choice fallback(KeyAlgorithm algorithm, String why) {
    LOG.log(System.Logger.Level.WARNING, Texts.SLOWER_ENGINE.with(algorithm, why));
    return new Choice(bouncyCastle, Optional.of(why));
  }
}
