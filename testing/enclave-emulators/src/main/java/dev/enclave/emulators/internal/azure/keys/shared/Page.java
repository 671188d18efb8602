package dev.enclave.emulators.internal.azure.keys.shared;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.common.Base64Url;
import dev.enclave.emulators.internal.azure.keys.model.KeyVaultSettings;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One page of a list (REST API, Get Keys: maxresults is at most 25, and 25 if it is not given;
 * nextLink is "the URL to get the next set").
 */
public final class Page {

  private static final int MOST = 25;
  private static final String MARKER = "k1:";

  private final int size;
  private final String after;
  private final KeyVaultSettings settings;

  private Page(int size, String after, KeyVaultSettings settings) {
    this.size = size;
    this.after = after;
    this.settings = settings;
  }

  public static Page read(Call call, KeyVaultSettings settings) {
    String asked = call.query().getOrDefault("maxresults", Integer.toString(MOST));
    int most = asked.matches("[0-9]{1,2}") ? Integer.parseInt(asked) : 0;
    if (most < 1 || most > MOST) {
      throw AzureFailure.badParameter("maxresults must be 1 to " + MOST + ".");
    }
    String token = call.query().getOrDefault("$skiptoken", "");
    return new Page(
        Math.min(most, settings.mostItems()), token.isEmpty() ? "" : decode(token), settings);
  }

  private static String decode(String token) {
    return Base64Url.decode(token)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .filter(text -> text.startsWith(MARKER))
        .map(text -> text.substring(MARKER.length()))
        .orElseThrow(() -> AzureFailure.badParameter("The $skiptoken is not valid."));
  }

  /**
   * The answer.
   *
   * @param items all there are, in the order of {@code name}
   * @param path of the list, for the next link
   */
  public <T> Map<String, Object> of(
      List<T> items,
      Function<T, String> name,
      Function<T, Map<String, Object>> answer,
      String path,
      Call call) {
    List<T> rest =
        items.stream()
            .filter(item -> String.CASE_INSENSITIVE_ORDER.compare(name.apply(item), after) > 0)
            .toList();
    List<T> page = rest.subList(0, Math.min(size, rest.size()));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("value", new ArrayList<>(page.stream().map(answer).toList()));
    if (rest.size() > page.size()) {
      String last = MARKER + name.apply(page.get(page.size() - 1));
      body.put(
          "nextLink",
          settings.url()
              + path
              + "?api-version="
              + call.apiVersion()
              + "&$skiptoken="
              + Base64Url.encode(last.getBytes(StandardCharsets.UTF_8))
              + "&maxresults="
              + size);
    }
    return body;
  }
}
