package com.acme;

import dev.memo.CachedMethod;
import dev.memo.InstanceMethod;
import dev.memo.call.CachedFunction;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.annotation.processing.Generated;
import org.jspecify.annotations.Nullable;

/** Caches the methods of {@link Forecast}. */
@SuppressWarnings({"deprecation", "serial", "varargs"})
@Generated("dev.memo.processor.CachedProcessor")
public final class ForecastCached extends Forecast {
  private static final InstanceMethod TEMPERATURE =
      CachedMethod.in("weather.memo", Forecast.class, "temperature", String.class)
          .identifiedBy("horizon()", "model")
          .ofInstances();

  private static final InstanceMethod TEMPERATURE_ON =
      CachedMethod.in("weather.memo", Forecast.class, "temperature", String.class, LocalDate.class)
          .identifiedBy("horizon()", "model")
          .ofInstances();

  private static final InstanceMethod WIND =
      CachedMethod.in("weather.memo", Forecast.class, "wind", int[].class)
          .identifiedBy("horizon()", "model")
          .ofInstances();

  private static final InstanceMethod WARNINGS =
      CachedMethod.in("weather.memo", Forecast.class, "warnings")
          .identifiedBy("horizon()", "model")
          .ofInstances();

  private static final InstanceMethod RAIN =
      CachedMethod.in("weather.memo", Forecast.class, "rain", Long.class)
          .identifiedBy("horizon()", "model")
          .ofInstances();

  /** Handle of {@link Forecast#summary(String)}. */
  public static final CachedFunction<SummaryArgs, String, RuntimeException> SUMMARY =
      CachedMethod.in("weather.memo", Forecast.class, "summary", String.class)
          .identifiedBy("horizon()", "model")
          .withReceiverClass()
          .calls(SummaryArgs.class, args -> args.forecast().summary(args.place()));

  /** Handle of {@link Forecast#unit(String)}. */
  public static final CachedFunction<String, String, RuntimeException> UNIT =
      CachedMethod.in("weather.memo", Forecast.class, "unit", String.class).calls(Forecast::unit);

  private final CachedFunction<String, Double, RuntimeException> temperatureFunction =
      TEMPERATURE.on(this, temperatureFunction -> super.temperature(temperatureFunction));

  private final CachedFunction<TemperatureOnArgs, Double, Exception> temperatureOnFunction =
      TEMPERATURE_ON.on(
          this, TemperatureOnArgs.class, args -> super.temperature(args.place(), args.day()));

  private final CachedFunction<int[], int[], IOException> windFunction =
      WIND.on(this, heights -> super.wind(heights));

  private final CachedFunction<WarningsArgs, List<String>, RuntimeException> warningsFunction =
      WARNINGS.on(this, WarningsArgs.class, args -> super.warnings());

  private final CachedFunction<@Nullable Long, Long, RuntimeException> rainFunction =
      RAIN.on(this, super::rain);

  public ForecastCached(String model, int horizon) throws IOException {
    super(model, horizon);
  }

  @SafeVarargs
  protected ForecastCached(List<String>... models) {
    super(models);
  }

  @Deprecated
  ForecastCached() {
    super();
  }

  @Override
  public double temperature(String temperatureFunction_) {
    return temperatureFunction == null
        ? super.temperature(temperatureFunction_)
        : temperatureFunction.call(temperatureFunction_);
  }

  /** Handle of {@link Forecast#temperature(String)}, called on this object. */
  public CachedFunction<String, Double, RuntimeException> temperatureFunction() {
    return temperatureFunction;
  }

  @Override
  public double temperature(String place, LocalDate day) throws IOException, TimeoutException {
    return temperatureOnFunction == null
        ? super.temperature(place, day)
        : CachedMethod.undeclared(temperatureOnFunction).call(new TemperatureOnArgs(place, day));
  }

  /** Handle of {@link Forecast#temperature(String, LocalDate)}, called on this object. */
  public CachedFunction<TemperatureOnArgs, Double, Exception> temperatureOnFunction() {
    return temperatureOnFunction;
  }

  @Override
  protected int[] wind(int... heights) throws IOException {
    return windFunction == null ? super.wind(heights) : windFunction.call(heights);
  }

  /** Handle of {@link Forecast#wind(int...)}, called on this object. */
  protected CachedFunction<int[], int[], IOException> windFunction() {
    return windFunction;
  }

  @Override
  List<String> warnings() {
    return warningsFunction == null ? super.warnings() : warningsFunction.call(new WarningsArgs());
  }

  /** Handle of {@link Forecast#warnings()}, called on this object. */
  CachedFunction<WarningsArgs, List<String>, RuntimeException> warningsFunction() {
    return warningsFunction;
  }

  @Override
  @Deprecated
  public long rain(@Nullable Long since) {
    return rainFunction == null ? super.rain(since) : rainFunction.call(since);
  }

  /** Handle of {@link Forecast#rain(Long)}, called on this object. */
  @Deprecated
  public CachedFunction<@Nullable Long, Long, RuntimeException> rainFunction() {
    return rainFunction;
  }

  /** Cached {@link Forecast#summary(String)}. */
  public static String summary(Forecast forecast, String place) {
    return SUMMARY.call(new SummaryArgs(forecast, place));
  }

  /** Cached {@link Forecast#unit(String)}. */
  public static String unit(String country) {
    return UNIT.call(country);
  }

  /** Arguments of {@link #temperature(String, LocalDate)}. */
  public record TemperatureOnArgs(String place, LocalDate day) {}

  /** Arguments of {@link #warnings}. */
  record WarningsArgs() {}

  /** Arguments of {@link #summary}. */
  public record SummaryArgs(Forecast forecast, String place) {}
}
