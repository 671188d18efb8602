package dev.enclave.testkit.engine;

import dev.enclave.Enclave;
import dev.enclave.EnclaveKey;
import dev.enclave.Fallback;
import dev.enclave.Keys;
import dev.enclave.SigningKey;
import dev.enclave.VersionSigner;
import dev.enclave.WrappingKey;
import dev.enclave.admin.Administration;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.Orphans;
import dev.enclave.admin.Rewrapping;
import dev.enclave.admin.StorePassphrase;
import dev.enclave.migration.Migrations;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** All that applications can do with keys, by reflection, so that no list forgets a new method. */
final class PublicMethods {

  static final List<Class<?>> TYPES =
      List.of(
          Enclave.class,
          Keys.class,
          EnclaveKey.class,
          Fallback.class,
          SigningKey.class,
          VersionSigner.class,
          WrappingKey.class,
          Administration.class,
          ManagedKey.class,
          StorePassphrase.class,
          Orphans.class,
          Rewrapping.class,
          Migrations.class);

  private PublicMethods() {}

  /** As {@code SigningKey.sign(SigningInput)}, sorted. */
  static Set<String> all() {
    return TYPES.stream()
        .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
        .map(PublicMethods::signature)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String signature(Method method) {
    return method.getDeclaringClass().getSimpleName()
        + "."
        + method.getName()
        + Arrays.stream(method.getParameterTypes())
            .map(Class::getSimpleName)
            .collect(Collectors.joining(",", "(", ")"));
  }
}
