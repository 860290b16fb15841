package dev.qsc.host.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The part of YAML that the host's configuration needs, and that a shell can read as well: {@code key: value} a line,
 * lists of {@code - value} lines under {@code key:}, comments; and keys under a key, by indentation, which are known as
 * {@code outer.inner}. Unknown keys are errors, since a setting that is passed over is one that somebody believes in.
 */
final class FlatYaml {
    private static final Pattern ENTRY = Pattern.compile("( *)([a-z0-9_-]+):(?:\\s+(.*\\S))?\\s*");
    private static final Pattern ITEM = Pattern.compile("\\s*-\\s+(.*\\S)\\s*");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    private record Outer(int indent, String key) {}

    private final Path file;
    private final Map<String, List<String>> values = new LinkedHashMap<>();

    private FlatYaml(Path file) {
        this.file = file;
    }

    /**
     * A file's settings.
     *
     * @throws InvalidConfigException when it cannot be read, or a line is not one of these keys'
     */
    static FlatYaml read(Path file, Set<String> keys) {
        FlatYaml yaml = new FlatYaml(file);
        try {
            yaml.parse(Files.readAllLines(file), keys);
        } catch (IOException e) {
            throw new InvalidConfigException(
                    file + " cannot be read: " + e.getClass().getSimpleName());
        }
        return yaml;
    }

    private void parse(List<String> lines, Set<String> keys) {
        Deque<Outer> outers = new ArrayDeque<>();
        String key = null;
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).replaceFirst("(^|\\s)#.*$", "");
            Matcher entry = ENTRY.matcher(line);
            Matcher item = ITEM.matcher(line);
            if (line.isBlank()) {
                continue;
            }
            if (entry.matches()) {
                key = key(outers, entry.group(1).length(), entry.group(2), keys, number);
                if (values.put(key, new ArrayList<>()) != null) {
                    throw wrong(number, "repeats " + key);
                }
                if (entry.group(3) != null) {
                    values.get(key).add(unquoted(entry.group(3)));
                }
            } else if (item.matches() && key != null) {
                values.get(key).add(unquoted(item.group(1)));
            } else {
                throw wrong(number, "must be 'key: value', or '- value' under a key");
            }
        }
    }

    /** The key with those that it is under, the nearest first in the stack. */
    private String key(Deque<Outer> outers, int indent, String name, Set<String> keys, int number) {
        while (!outers.isEmpty() && outers.peek().indent() >= indent) {
            outers.pop();
        }
        String key = outers.isEmpty() ? name : outers.peek().key() + "." + name;
        boolean known = keys.stream().anyMatch(k -> isOrLeadsTo(k, key));
        if (!known || (outers.isEmpty() && indent > 0)) {
            throw wrong(number, "sets " + key + ", which is none of " + String.join(", ", new TreeSet<>(keys)));
        }
        outers.push(new Outer(indent, key));
        return key;
    }

    /** Whether a key is a known one, in which {@code *} stands for any name, or is on the way there. */
    private static boolean isOrLeadsTo(String known, String key) {
        String[] pieces = key.split("\\.", -1);
        String[] all = known.split("\\.", -1);
        return pieces.length <= all.length
                && IntStream.range(0, pieces.length).allMatch(i -> all[i].equals("*") || all[i].equals(pieces[i]));
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2
                && (value.startsWith("\"") || value.startsWith("'"))
                && value.endsWith(value.substring(0, 1));
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /** Whether a key is set. */
    boolean has(String key) {
        return values.containsKey(key);
    }

    /** The names right under a key. */
    List<String> below(String key) {
        return values.keySet().stream()
                .filter(name -> name.startsWith(key + ".") && name.indexOf('.', key.length() + 1) < 0)
                .map(name -> name.substring(key.length() + 1))
                .toList();
    }

    /** The values of a list; none when it is not set. */
    List<String> list(String key) {
        return List.copyOf(values.getOrDefault(key, List.of()));
    }

    /** The one value of a key. */
    String text(String key) {
        List<String> all = list(key);
        if (all.size() != 1) {
            throw new InvalidConfigException(file + " must set " + key + " to one value");
        }
        return all.getFirst();
    }

    /** The one value of a key as a duration: {@code 3m}, {@code 1h30m}, {@code 500ms}. */
    Duration duration(String key) {
        String text = text(key);
        Matcher part = DURATION.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            sum = sum.plus(of(Long.parseLong(part.group(1)), part.group(2)));
            end = part.end();
        }
        if (end != text.length() || end == 0) {
            throw new InvalidConfigException(file + " sets " + key + " to '" + text + "': write a duration such as 3m");
        }
        return sum;
    }

    private static Duration of(long amount, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private InvalidConfigException wrong(int line, String sentence) {
        return new InvalidConfigException(file + " line " + line + " " + sentence);
    }
}
