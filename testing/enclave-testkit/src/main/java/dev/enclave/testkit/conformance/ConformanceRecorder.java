package dev.enclave.testkit.conformance;

import dev.enclave.testkit.contract.BackendUnderTest;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Counts what passes, and writes it down when all have run; {@link ConformanceRecord} brings it.
 */
public final class ConformanceRecorder
    implements BeforeAllCallback, AfterAllCallback, InvocationInterceptor {

  private static final Namespace MINE = Namespace.create(ConformanceRecorder.class);
  private static final Path FOLDER = Path.of("target", "conformance");

  /** What was counted so far; guarded by itself. */
  private static final class Counts {

    private final Map<String, Integer> passed = new TreeMap<>();
    private final Map<String, Integer> replaced = new TreeMap<>();
    private String traits = "";
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    context.getStore(MINE).put(context.getRequiredTestClass(), new Counts());
    Files.deleteIfExists(file(context));
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> test,
      ExtensionContext context)
      throws Throwable {
    invocation.proceed();
    passed(test, context);
  }

  @Override
  public <T> T interceptTestFactoryMethod(
      Invocation<T> invocation, ReflectiveInvocationContext<Method> test, ExtensionContext context)
      throws Throwable {
    T tests = invocation.proceed();
    passed(test, context);
    return tests;
  }

  private static void passed(ReflectiveInvocationContext<Method> test, ExtensionContext context) {
    Counts counts = counts(context);
    Class<?> contract = contract(test.getExecutable());
    boolean here = contract == test.getExecutable().getDeclaringClass();
    synchronized (counts) {
      (here ? counts.passed : counts.replaced).merge(contract.getSimpleName(), 1, Integer::sum);
      if (counts.traits.isEmpty()
          && test.getTarget().orElse(null) instanceof BackendUnderTest backend) {
        counts.traits =
            backend.harness().traits().stream()
                .sorted()
                .map(Enum::name)
                .collect(Collectors.joining(","));
      }
    }
  }

  /** The contract that a method is of, though a class may have replaced it by one of its own. */
  private static Class<?> contract(Method method) {
    List<Class<?>> open = new ArrayList<>(List.of(method.getDeclaringClass().getInterfaces()));
    while (!open.isEmpty()) {
      Class<?> next = open.remove(0);
      for (Method candidate : next.getDeclaredMethods()) {
        if (candidate.getName().equals(method.getName())) {
          return next;
        }
      }
      open.addAll(List.of(next.getInterfaces()));
    }
    return method.getDeclaringClass();
  }

  private static Counts counts(ExtensionContext context) {
    return context.getStore(MINE).get(context.getRequiredTestClass(), Counts.class);
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    ConformanceRecord record =
        context.getRequiredTestClass().getAnnotation(ConformanceRecord.class);
    List<String> lines = new ArrayList<>();
    Counts counts = counts(context);
    synchronized (counts) {
      lines.add("backend\t" + record.backend());
      lines.add("against\t" + record.against());
      lines.add("what\t" + record.what());
      lines.add("traits\t" + counts.traits);
      TreeMap<String, Integer> all = new TreeMap<>(counts.passed);
      counts.replaced.keySet().forEach(contract -> all.putIfAbsent(contract, 0));
      all.forEach(
          (contract, passed) ->
              lines.add(
                  contract + "\t" + passed + "\t" + counts.replaced.getOrDefault(contract, 0)));
    }
    Files.createDirectories(FOLDER);
    Files.write(file(context), lines);
  }

  private static Path file(ExtensionContext context) {
    return FOLDER.resolve(context.getRequiredTestClass().getSimpleName() + ".tsv");
  }
}
