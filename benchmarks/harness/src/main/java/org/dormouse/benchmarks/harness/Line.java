package org.dormouse.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;

/** Points, and the line of least squares through them. */
final class Line {
    private record Point(double x, double y) {}

    private final List<Point> points = new ArrayList<>();

    void add(long x, long y) {
        points.add(new Point((double) x, (double) y));
    }

    double slope() {
        double x = meanX();
        double y = meanY();
        double products =
                points.stream().mapToDouble(p -> (p.x() - x) * (p.y() - y)).sum();
        double squares =
                points.stream().mapToDouble(p -> (p.x() - x) * (p.x() - x)).sum();
        return products / squares;
    }

    /** How far the farthest point lies off the line, as a share of what the line rises from the first point to the last. */
    double farthest() {
        double slope = slope();
        double at = meanY() - slope * meanX();
        double off = points.stream()
                .mapToDouble(p -> Math.abs(p.y() - (at + slope * p.x())))
                .max()
                .orElse(Double.NaN);
        return off / Math.abs(slope * (points.getLast().x() - points.getFirst().x()));
    }

    private double meanX() {
        return points.stream().mapToDouble(Point::x).average().orElse(Double.NaN);
    }

    private double meanY() {
        return points.stream().mapToDouble(Point::y).average().orElse(Double.NaN);
    }

    @Override
    public String toString() {
        return String.join(
                ", ",
                points.stream()
                        .map(p -> String.format(java.util.Locale.ROOT, "%.0f: %.0f", p.x(), p.y()))
                        .toList());
    }
}
