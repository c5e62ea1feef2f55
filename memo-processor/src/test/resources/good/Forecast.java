package com.acme;

import dev.memo.annotation.CacheIdentity;
import dev.memo.annotation.Cached;
import java.io.IOException;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** An open class: its wrapper is a subclass. */
public class Forecast implements Serializable {
  private static final long serialVersionUID = 1L;

  @CacheIdentity private final String model;
  private final int horizon;

  /** Predicts by this model. */
  @SuppressWarnings("this-escape")
  public Forecast(String model, int horizon) throws IOException {
    this.model = model;
    this.horizon = horizon;
    if (temperature("here") > 100) {
      throw new IOException("too hot");
    }
  }

  @SafeVarargs
  protected Forecast(List<String>... models) {
    this.model = models.toString();
    this.horizon = 1;
  }

  @Deprecated
  Forecast() {
    this.model = "";
    this.horizon = 0;
  }

  @SuppressWarnings("unused")
  private Forecast(Hidden hidden) {
    this.model = hidden.toString();
    this.horizon = 0;
  }

  private static final class Hidden {}

  /** Objects that agree in this and in the model are alike. */
  @CacheIdentity
  public int horizon() {
    return horizon;
  }

  @Cached("weather.memo")
  public double temperature(String temperatureFunction) {
    return temperatureFunction.length();
  }

  @Cached(value = "weather.memo", handle = "TEMPERATURE_ON")
  public double temperature(String place, LocalDate day) throws IOException, TimeoutException {
    return temperature(place) + day.getDayOfMonth();
  }

  @Cached("weather.memo")
  protected int[] wind(int... heights) throws IOException {
    return heights;
  }

  @Cached("weather.memo")
  List<String> warnings() {
    return List.of(model);
  }

  @Cached("weather.memo")
  @Deprecated
  public long rain(@org.jspecify.annotations.Nullable Long since) {
    return since == null ? 0 : since;
  }

  @Cached("weather.memo")
  public final String summary(String place) {
    return place + temperature(place);
  }

  @Cached("weather.memo")
  public static String unit(String country) {
    return country.equals("us") ? "F" : "C";
  }
}
