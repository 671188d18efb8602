package dev.enclave.cryptoki.internal.texts;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All that the binding says, with named holes such as <code>{library}</code>. */
public enum Texts {
  RETURNED("{function} returned {name} (0x{code})."),
  NO_FILE("There is no file {library}. Give the path of the PKCS#11 library of the token's maker."),
  NOT_A_LIBRARY(
      "{library} is no shared library. Give the path of the PKCS#11 library of the token's maker."),
  OTHER_MACHINE("{library} is for {machines}, this JVM for {jvm}. Install the library for {jvm}."),
  NOT_LOADABLE(
      "{library} does not load: {reason}. Install what it depends on, and let this user read it."),
  NO_FUNCTION_LIST(
      "{library} has no C_GetFunctionList. Give the path of the token's own PKCS#11 library."),
  NO_FUNCTIONS(
      "C_GetFunctionList of {library} returned {name} and no list. Install the library anew.");

  private static final Pattern HOLE = Pattern.compile("\\{([a-z]+)}");

  private final String template;

  Texts(String template) {
    this.template = template;
  }

  /** The text with the values in the order in which the holes first appear. */
  public String with(Object... values) {
    List<String> holes =
        HOLE.matcher(template).results().map(MatchResult::group).distinct().toList();
    return HOLE.matcher(template)
        .replaceAll(
            hole -> Matcher.quoteReplacement(values[holes.indexOf(hole.group())].toString()));
  }
}
