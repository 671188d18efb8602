package dev.enclave.scenarios;

import java.io.File;
import java.io.Reader;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.StringTokenizer;

/**
 * A server that deploys an application again and again, each time in a class loader of its own,
 * with its own copy of the library or with the server's. Prints how many of these class loaders,
 * and which threads that the applications began, are left.
 */
public final class RedeployingServer {

  /** What other threads have to clean in between is cleaned after a few. */
  private static final int MOST_COLLECTIONS = 40;

  private static final int LEAST_COLLECTIONS = 3;

  private static final int WAIT_MILLIS = 250;

  /** A record of the server's own. */
  private record Own(Path path) {}

  /** Has the application's class itself, whatever its parent has. */
  private static final class ApplicationLoader extends URLClassLoader {

    ApplicationLoader(URL[] classPath, ClassLoader parent) {
      super(classPath, parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(RedeployedApplication.class.getName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  private RedeployingServer() {}

  /**
   * Deploys, and prints.
   *
   * @param arguments a file that says where the application runs, how often it is deployed, {@code
   *     own} or {@code shared}, and how many class loaders are expected to be left
   */
  public static void main(String[] arguments) throws Exception {
    Map<String, String> place = place(Path.of(arguments[0]));
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    ClassLoader parent =
        arguments[2].equals("shared")
            ? RedeployingServer.class.getClassLoader()
            : ClassLoader.getPlatformClassLoader();
    ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
    List<Reference<ClassLoader>> loaders = new ArrayList<>();
    for (int round = 0; round < Integer.parseInt(arguments[1]); round++) {
      loaders.add(new WeakReference<>(deploy(place, parent), collected));
    }
    forgetNewestRecord();
    int left = left(loaders.size(), Integer.parseInt(arguments[3]), collected);
    System.out.println("class loaders " + left);
    awaitThreadsThatEnd(before, left == 0 ? List.of("Cleaner-", "grpc-") : List.of("grpc-"));
    System.out.println("threads " + threads(before));
  }

  /**
   * The JDK, before 19, keeps the type of the record's component that it linked last, for the whole
   * JVM and until it links another one.
   */
  private static void forgetNewestRecord() {
    Own own = new Own(Path.of("here"));
    if (!own.equals(new Own(Path.of("here")))
        || own.hashCode() != new Own(Path.of("here")).hashCode()) {
      throw new IllegalStateException(own.toString());
    }
    if (own.toString().isEmpty()) {
      throw new IllegalStateException("a record has no text");
    }
  }

  /** Stops when no more than {@code enough} are left. */
  private static int left(int loaders, int enough, ReferenceQueue<ClassLoader> collected)
      throws InterruptedException {
    int left = loaders;
    for (int i = 0; i < LEAST_COLLECTIONS || (i < MOST_COLLECTIONS && left > enough); i++) {
      System.gc();
      long wait = left > enough ? WAIT_MILLIS : 1;
      while (collected.remove(wait) != null) {
        left--;
        wait = 1;
      }
    }
    return left;
  }

  /**
   * A cleaner's thread ends by itself once all is cleaned, and those of gRPC a second after the
   * last channel was closed.
   */
  private static void awaitThreadsThatEnd(Set<Thread> before, List<String> names)
      throws InterruptedException {
    for (Thread thread : begun(before)) {
      if (names.stream().anyMatch(thread.getName()::startsWith)) {
        thread.join((long) WAIT_MILLIS * MOST_COLLECTIONS);
      }
    }
  }

  private static List<String> threads(Set<Thread> before) {
    return begun(before).stream().map(Thread::getName).sorted().toList();
  }

  private static List<Thread> begun(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .toList();
  }

  private static Map<String, String> place(Path file) throws Exception {
    Properties read = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      read.load(reader);
    }
    Map<String, String> place = new HashMap<>();
    read.stringPropertyNames().forEach(name -> place.put(name, read.getProperty(name)));
    return place;
  }

  private static ClassLoader deploy(Map<String, String> place, ClassLoader parent)
      throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new ApplicationLoader(classPath(), parent)) {
      thread.setContextClassLoader(loader);
      Object application =
          loader
              .loadClass(RedeployedApplication.class.getName())
              .getConstructor(Map.class)
              .newInstance(place);
      ((Runnable) application).run();
      return loader;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static URL[] classPath() throws MalformedURLException {
    List<URL> entries = new ArrayList<>();
    StringTokenizer paths =
        new StringTokenizer(System.getProperty("java.class.path", ""), File.pathSeparator);
    while (paths.hasMoreTokens()) {
      entries.add(Path.of(paths.nextToken()).toUri().toURL());
    }
    return entries.toArray(URL[]::new);
  }
}
