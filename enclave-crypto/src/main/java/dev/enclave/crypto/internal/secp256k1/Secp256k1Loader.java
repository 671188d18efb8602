package dev.enclave.crypto.internal.secp256k1;

import dev.enclave.crypto.internal.engine.Loading;
import fr.acinq.secp256k1.Secp256k1;
import java.util.List;

/** Finds libsecp256k1 by secp256k1-kmp, which unpacks its native library into java.io.tmpdir. */
public final class Secp256k1Loader {

  // Of the jar with the interface, and of the one that loads the native library.
  private static final List<String> MARKS =
      List.of(
          "fr/acinq/secp256k1/Secp256k1.class",
          "fr/acinq/secp256k1/jni/NativeSecp256k1JvmLoader.class");

  private final ClassLoader classPath;

  public Secp256k1Loader(ClassLoader classPath) {
    this.classPath = classPath;
  }

  // Looked for by name: which class is reported missing first depends on the JVM's verifier.
  public Loading load() {
    if (MARKS.stream().anyMatch(mark -> classPath.getResource(mark) == null)) {
      return new Loading.Absent();
    }
    Secp256k1 library = Secp256k1.get();
    return isLoaded(library)
        ? new Loading.Ready(new Secp256k1Engine(library))
        : Loading.Refused.withoutLibrary();
  }

  /** The object comes without its native library too, and fails at the first call. */
  private static boolean isLoaded(Secp256k1 library) {
    try {
      // Zero is no key, and needs no secret.
      return !library.secKeyVerify(new byte[32]);
    } catch (LinkageError e) {
      return false;
    }
  }
}
