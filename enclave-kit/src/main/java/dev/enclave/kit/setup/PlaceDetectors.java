package dev.enclave.kit.setup;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentDetectors;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table of the places that one provider recognises, a row each. What is special of a place is
 * code in {@link #detect} and {@link #probe}. A subclass has a public constructor without
 * parameters, and is named in {@code META-INF/services} and the module's descriptor.
 */
public abstract class PlaceDetectors implements EnvironmentDetectors {

  /** A row: by the variables that its platform sets together, where nothing else is said. */
  protected final class Place implements EnvironmentDetector {

    private final String id;
    private final Kind kind;
    private final String[] together;

    /**
     * A row.
     *
     * @param id unique, such as {@code aws-lambda}
     * @param together the variables
     */
    public Place(String id, Kind kind, String... together) {
      this.id = id;
      this.kind = kind;
      this.together = together.clone();
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public Kind kind() {
      return kind;
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      return PlaceDetectors.this.detect(this, environment);
    }

    @Override
    public Optional<MetadataProbe> probe(EnvironmentSnapshot environment) {
      return PlaceDetectors.this.probe(this, environment);
    }

    /** By the variables. */
    public Detection byVariables(EnvironmentSnapshot environment) {
      return Detection.byVariables(environment, together);
    }

    /** By the variables, which say nothing where the first of them is not set. */
    public Detection ledByFirst(EnvironmentSnapshot environment) {
      return environment.variable(together[0]).isEmpty()
          ? new Detection.Absent("not set: " + together[0])
          : byVariables(environment);
    }
  }

  /** What {@link EnvironmentDetector#detect} of a place says. */
  protected Detection detect(Place place, EnvironmentSnapshot environment) {
    return place.byVariables(environment);
  }

  /** What {@link EnvironmentDetector#probe} of a place says. */
  protected Optional<MetadataProbe> probe(Place place, EnvironmentSnapshot environment) {
    return Optional.empty();
  }

  // No lambdas and no streams: detection runs in a cold JVM.

  /** The one that is present, else the one that may be, the first of two. */
  protected static Detection either(Detection first, Detection second) {
    if (first instanceof Detection.Present || second instanceof Detection.Absent) {
      return first;
    }
    return second instanceof Detection.Present || first instanceof Detection.Absent
        ? second
        : first;
  }

  /** Present if one of these files is there. */
  protected static Detection anyFile(EnvironmentSnapshot environment, String... files) {
    for (String file : files) {
      if (environment.exists(file)) {
        return Detection.present(file + " exists");
      }
    }
    return new Detection.Absent("missing: " + String.join(", ", files));
  }

  /** A fact for each of these variables that is set, without its value. */
  protected static List<String> set(EnvironmentSnapshot environment, String... names) {
    List<String> set = new ArrayList<>();
    for (String name : names) {
      if (environment.variable(name).isPresent()) {
        set.add(name + " is set");
      }
    }
    return set;
  }

  /** Whether a variable by which a platform's own tools are switched is {@code true}. */
  protected static boolean isTrue(EnvironmentSnapshot environment, String name) {
    return environment.variable(name).orElse("").equalsIgnoreCase("true");
  }
}
