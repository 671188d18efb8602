package dev.enclave.cryptoki.internal.texts;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All that the binding says, with named holes such as <code>{library}</code>. */
public enum Texts {
  RETURNED("{function} returned {name} (0x{code})."),
  NO_FILE(
      "There is no file {library}. Give the path of the PKCS#11 library that the token's maker"
          + " provides."),
  NOT_A_LIBRARY(
      "{library} is not a shared library. Give the path of the PKCS#11 library itself, not of its"
          + " configuration or package."),
  OTHER_MACHINE(
      "{library} is for {machines}, and this JVM runs on {jvm}. Install the token's library for"
          + " {jvm}, or run a JVM of the library's architecture."),
  NOT_LOADABLE(
      "{library} is a library for this machine, and the system does not load it: {reason}. Install"
          + " the libraries that it depends on, and let this user read all of them."),
  NO_FUNCTION_LIST(
      "{library} is a library without C_GetFunctionList, so not one of PKCS#11. Give the path of the"
          + " PKCS#11 library that the token's maker provides."),
  NO_FUNCTIONS(
      "C_GetFunctionList of {library} returned {code} instead of a list. Look whether the library is"
          + " whole, and install it anew."),
  NO_JNA(
      "JNA, by which PKCS#11 is called, cannot be loaded ({type}). Let java.io.tmpdir be a folder"
          + " that programs may run in."),
  ;

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
