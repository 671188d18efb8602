package dev.enclave.kit.setup;

import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether this is a place for a remote key service: a place of the service's own, or settings that
 * say so. Credentials in variables alone do not make a machine one: they are on many a developer's,
 * for something else.
 *
 * @param service as messages call it, such as {@code AWS}
 * @param detectors the ids of its detectors
 * @param settings any of which says so when it is set; the first is the one to name
 * @param needed a setting without which no place is one, such as the vault's address; it says
 *     nothing by itself, since one configuration may hold it wherever the application runs
 */
public record Places(
    String service, List<String> detectors, List<String> settings, Optional<String> needed) {

  public Places {
    detectors = List.copyOf(detectors);
    settings = List.copyOf(settings);
  }

  /** Where any of these settings will do. */
  public Places(String service, List<String> detectors, List<String> settings) {
    this(service, detectors, settings, Optional.empty());
  }

  /** Judges by what the detectors found and by settings. */
  public Detection detect(DetectionContext context) {
    List<String> evidence = new ArrayList<>();
    List<String> doubts = new ArrayList<>();
    for (String detector : detectors) {
      Detection said = context.place(detector);
      if (said instanceof Detection.Present present) {
        present.evidence().forEach(fact -> evidence.add(detector + ": " + fact));
      } else if (said instanceof Detection.Inconclusive inconclusive) {
        doubts.add(detector + ": " + inconclusive.reason());
      }
    }
    for (String name : settings) {
      if (isSet(name, context)) {
        evidence.add(Texts.SETTING_IS_SET.with(context.settings().fullName(name)));
      }
    }
    String decisive = needed.orElseGet(() -> settings.get(0));
    boolean set = isSet(decisive, context);
    String missing =
        set ? "" : Texts.AND_SETTING_NOT_SET.with(context.settings().fullName(decisive));
    if (evidence.isEmpty()) {
      return doubts.isEmpty()
          ? new Detection.Absent(Texts.NO_PLACE_RECOGNISED.with(service, missing))
          : new Detection.Inconclusive(String.join("; ", doubts));
    }
    if (needed.isPresent() && !set) {
      return new Detection.Absent(
          Texts.PLACE_LACKS.with(service, String.join("; ", evidence), missing));
    }
    needed.ifPresent(
        name -> evidence.add(Texts.SETTING_IS_SET.with(context.settings().fullName(name))));
    return new Detection.Present(evidence);
  }

  private static boolean isSet(String name, DetectionContext context) {
    return context.settings().get(name).isPresent();
  }
}
