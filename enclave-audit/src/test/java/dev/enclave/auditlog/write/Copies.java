package dev.enclave.auditlog.write;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringTokenizer;

/**
 * Copies of this library and its tests in one JVM, as two web applications have them: none shares a
 * class with another, but for the platform's.
 */
final class Copies {

  private Copies() {}

  /** An object of a copy of its own; only classes of the platform can be asked of it. */
  static Object make(Class<?> type, String... arguments) throws ReflectiveOperationException {
    Class<?>[] parameters = new Class<?>[arguments.length];
    Arrays.fill(parameters, String.class);
    return new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())
        .loadClass(type.getName())
        .getDeclaredConstructor(parameters)
        .newInstance((Object[]) arguments);
  }

  private static URL[] classPath() {
    List<URL> entries = new ArrayList<>();
    StringTokenizer paths =
        new StringTokenizer(System.getProperty("java.class.path"), File.pathSeparator);
    while (paths.hasMoreTokens()) {
      try {
        entries.add(Path.of(paths.nextToken()).toUri().toURL());
      } catch (MalformedURLException e) {
        throw new IllegalStateException(e);
      }
    }
    return entries.toArray(URL[]::new);
  }
}
