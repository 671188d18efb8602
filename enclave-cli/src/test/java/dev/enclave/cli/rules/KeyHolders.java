package dev.enclave.cli.rules;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.JavaWildcardType;
import java.io.Serializable;
import java.security.Key;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Types with a field that can hold secret bytes: arrays, keys of JCA and Bouncy Castle, and our own
 * opaque types; in a collection too. What holds one of these types itself needs no rule: its text
 * is made of theirs, which shows nothing, and nothing of Enclave is Serializable.
 */
final class KeyHolders {

  private static final Set<String> OPAQUE =
      Set.of(
          "dev.enclave.spi.SecretBytes",
          "dev.enclave.crypto.LocalKey",
          "dev.enclave.crypto.DataKey",
          "dev.enclave.crypto.internal.memory.OffHeapSecret",
          "dev.enclave.crypto.internal.memory.SecretMemory");

  private static final String BOUNCY_CASTLE_KEYS = "org.bouncycastle.crypto.CipherParameters";

  private final Set<JavaClass> holders;

  KeyHolders(JavaClasses types) {
    this.holders =
        types.stream()
            .filter(type -> OPAQUE.contains(type.getName()) || !secretFields(type).isEmpty())
            .collect(Collectors.toSet());
  }

  /** Their names. */
  Set<String> names() {
    return holders.stream().map(JavaClass::getName).collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<JavaField> secretFields(JavaClass type) {
    return type.getFields().stream()
        .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
        .filter(field -> types(field).anyMatch(KeyHolders::secret))
        .collect(Collectors.toSet());
  }

  private static Stream<JavaClass> types(JavaField field) {
    return types(field.getType());
  }

  /** What it is, and in it, as a collection is said to hold it. */
  private static Stream<JavaClass> types(JavaType type) {
    if (type instanceof JavaParameterizedType generic) {
      return Stream.concat(
          Stream.of(type.toErasure()),
          generic.getActualTypeArguments().stream().flatMap(KeyHolders::types));
    }
    if (type instanceof JavaWildcardType wildcard) {
      return Stream.concat(wildcard.getUpperBounds().stream(), wildcard.getLowerBounds().stream())
          .flatMap(KeyHolders::types);
    }
    return Stream.concat(
        Stream.of(type.toErasure()), Stream.of(type.toErasure().getBaseComponentType()));
  }

  private static boolean secret(JavaClass type) {
    return talkative(type) || OPAQUE.contains(type.getName());
  }

  /** What hands out its content, or may show it when it is asked for a text. */
  private static boolean talkative(JavaClass type) {
    return type.isEquivalentTo(byte[].class)
        || type.isEquivalentTo(byte[][].class)
        || type.isEquivalentTo(char[].class)
        || type.isEquivalentTo(KeyPair.class)
        || (type.isAssignableTo(Key.class) && !type.isAssignableTo(PublicKey.class))
        || type.isAssignableTo(BOUNCY_CASTLE_KEYS);
  }

  /**
   * What is wrong with them.
   *
   * @param harmless names of those whose fields hold nothing secret
   */
  List<String> violations(Set<String> harmless) {
    List<String> violations = new ArrayList<>();
    holders.stream()
        .filter(type -> !harmless.contains(type.getName()))
        .forEach(type -> check(type, violations));
    return violations;
  }

  private static void check(JavaClass type, List<String> violations) {
    if (type.isAssignableTo(Serializable.class)) {
      violations.add(type.getName() + " is Serializable");
    }
    Set<JavaField> secret = secretFields(type);
    if (type.isRecord()) {
      // Records show and compare what they are made of, and hand it out.
      secret.stream()
          .filter(field -> types(field).anyMatch(KeyHolders::talkative))
          .forEach(field -> violations.add(field.getFullName() + " is part of a record"));
    }
    Set<String> names = secret.stream().map(JavaField::getFullName).collect(Collectors.toSet());
    for (JavaMethod method : shown(type)) {
      method.getFieldAccesses().stream()
          .filter(access -> names.contains(access.getTarget().getFullName()))
          .forEach(access -> violations.add(access.getTarget().getFullName() + " is shown"));
    }
  }

  /** {@code toString} and what it calls of its own class. */
  private static Set<JavaMethod> shown(JavaClass type) {
    Set<JavaMethod> shown = new HashSet<>();
    Deque<JavaMethod> open = new ArrayDeque<>();
    type.getMethods().stream()
        .filter(
            method ->
                method.getName().equals("toString") && method.getRawParameterTypes().isEmpty())
        .forEach(open::add);
    while (!open.isEmpty()) {
      JavaMethod method = open.remove();
      if (shown.add(method)) {
        method.getMethodCallsFromSelf().stream()
            .filter(call -> call.getTargetOwner().equals(type))
            .flatMap(call -> call.getTarget().resolveMember().stream())
            .forEach(open::add);
      }
    }
    return shown;
  }
}
