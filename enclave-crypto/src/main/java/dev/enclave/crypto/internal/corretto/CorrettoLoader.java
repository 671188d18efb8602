package dev.enclave.crypto.internal.corretto;

import dev.enclave.crypto.internal.engine.Loading;
import dev.enclave.crypto.internal.memory.FailureReason;
import dev.enclave.crypto.internal.texts.Texts;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.security.Provider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the Amazon Corretto Crypto Provider (ACCP) as an object; it is never registered with {@link
 * java.security.Security}, where other code would get it too.
 *
 * <p>The jars of ACCP's platforms hold their native libraries under one name. Where several are on
 * the class path, the first would hide the others, so the one of this platform gets a class loader
 * of its own.
 */
public final class CorrettoLoader {

  private static final String PROVIDER =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";
  private static final String MARK = "com/amazon/corretto/crypto/provider/version.properties";
  private static final List<String> SETTINGS =
      List.of(
          "com.amazon.corretto.crypto.provider.registerEdKeyFactory",
          "com.amazon.corretto.crypto.provider.registerEcParams");

  private static final int MOST_BROKEN = 100;

  private final ClassLoader classPath;
  private final String platform;

  /**
   * @param os as in the system property {@code os.name}
   * @param arch as in the system property {@code os.arch}
   */
  public CorrettoLoader(ClassLoader classPath, String os, String arch) {
    this.classPath = classPath;
    this.platform = os(os) + "-" + arch(arch);
  }

  private static String os(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.startsWith("mac") ? "osx" : lower.replaceAll("[^a-z].*", "");
  }

  private static String arch(String name) {
    return switch (name) {
      case "amd64", "x86_64" -> "x86_64";
      case "aarch64", "arm64" -> "aarch_64";
      default -> name;
    };
  }

  public Loading load() {
    try {
      List<URL> marks = Collections.list(classPath.getResources(MARK));
      if (marks.isEmpty()) {
        return new Loading.Absent();
      }
      if (marks.size() == 1) {
        return provider(classPath);
      }
      Optional<URL> jar = jarOfThisPlatform(marks);
      return jar.isPresent()
          ? provider(isolated(jar.get()))
          : new Loading.Refused(Texts.NO_JAR_FOR_PLATFORM.with(platform));
    } catch (IOException e) {
      return new Loading.Refused(FailureReason.of(e));
    }
  }

  private Optional<URL> jarOfThisPlatform(List<URL> marks) throws IOException {
    List<URL> jars = new ArrayList<>();
    for (URL mark : marks) {
      URLConnection connection = mark.openConnection();
      if (connection instanceof JarURLConnection inJar) {
        jars.add(inJar.getJarFileURL());
      }
    }
    return jars.stream().filter(jar -> jar.getPath().endsWith("-" + platform + ".jar")).findFirst();
  }

  /**
   * Open as long as the process lives: the provider loads classes from it whenever it needs them.
   */
  private static ClassLoader isolated(URL jar) {
    return new URLClassLoader("corretto", new URL[] {jar}, ClassLoader.getPlatformClassLoader());
  }

  private static Loading provider(ClassLoader loader) {
    Optional<Provider> found = withSettings(() -> find(loader));
    if (found.isEmpty()) {
      return new Loading.Refused(Texts.JAR_WITHOUT_PROVIDER.with());
    }
    Provider provider = found.get();
    // Without its native library the provider comes, but offers nothing.
    return provider.getService("Signature", "NONEwithECDSA") == null
        ? Loading.Refused.withoutLibrary()
        : new Loading.Ready(new CorrettoEngine(provider));
  }

  private static Optional<Provider> find(ClassLoader loader) {
    Iterator<ServiceLoader.Provider<Provider>> candidates =
        ServiceLoader.load(Provider.class, loader).stream().iterator();
    for (int broken = 0; broken < MOST_BROKEN; ) {
      try {
        if (!candidates.hasNext()) {
          return Optional.empty();
        }
        ServiceLoader.Provider<Provider> candidate = candidates.next();
        if (candidate.type().getName().equals(PROVIDER)) {
          return Optional.of(candidate.get());
        }
      } catch (ServiceConfigurationError e) {
        // Somebody else's jar names a class that is not there: go on, as the loader allows.
        broken++;
      }
    }
    return Optional.empty();
  }

  /**
   * The provider reads system properties while it is constructed, and nobody can pass it anything
   * else. They are put back, so that another copy in this process keeps its own.
   */
  private static <T> T withSettings(Supplier<T> construction) {
    List<@Nullable String> before = new ArrayList<>();
    SETTINGS.forEach(name -> before.add(System.setProperty(name, "true")));
    try {
      return construction.get();
    } finally {
      for (int i = 0; i < SETTINGS.size(); i++) {
        restore(SETTINGS.get(i), before.get(i));
      }
    }
  }

  private static void restore(String name, @Nullable String value) {
    if (value == null) {
      System.clearProperty(name);
    } else {
      System.setProperty(name, value);
    }
  }
}
