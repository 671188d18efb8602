package dev.enclave.core.internal.resolve;

import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.ForeignText;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;

/**
 * What services are found on the class path.
 *
 * @param discovery whether it is looked at
 */
public record ClassPath(boolean discovery, ClassLoader loader) {

  /**
   * All services of a type.
   *
   * @param unusable what to say of one that cannot be loaded
   */
  public <T> List<T> all(Class<T> type, String unusable) {
    return all(type, List::of, unusable);
  }

  /** What all services of a type bring. */
  public <S, T> List<T> all(Class<S> type, Function<S, List<T>> brought, String unusable) {
    if (!discovery) {
      return List.of();
    }
    try {
      return ServiceLoader.load(type, loader).stream()
          .flatMap(service -> brought(service.get(), brought).stream())
          .toList();
    } catch (ServiceConfigurationError | LinkageError e) {
      throw Texts.UNLOADABLE.as(ErrorCode.BACKEND_CONTRACT, unusable, ForeignText.said(e));
    }
  }

  private static <S, T> List<T> brought(S service, Function<S, List<T>> brought) {
    try {
      return List.copyOf(brought.apply(service));
    } catch (RuntimeException e) {
      throw new ServiceConfigurationError(
          service.getClass().getName() + " " + Texts.THREW.with(e.getClass().getName()));
    }
  }
}
