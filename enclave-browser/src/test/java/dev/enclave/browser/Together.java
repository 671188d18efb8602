package dev.enclave.browser;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;

/** A data source whose first connections are given out at the same moment. */
final class Together {

  private Together() {}

  static DataSource of(DataSource database, int callers) {
    CountDownLatch all = new CountDownLatch(callers);
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, args) -> {
              try {
                Object answer = method.invoke(database, args);
                if (answer instanceof Connection) {
                  all.countDown();
                  all.await();
                }
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }
}
