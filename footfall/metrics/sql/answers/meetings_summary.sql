select
    coalesce(kind, 'all') as kind,
    count(*) as meetings,
    count(*) filter (where status = 'requested') as requested,
    count(*) filter (where status = 'accepted') as accepted,
    count(*) filter (where status = 'declined') as declined,
    count(*) filter (where status = 'cancelled') as cancelled,
    count(*) filter (where status = 'expired') as expired,
    count(*) filter (where is_held) as held,
    count(attended) filter (where is_held) as meetings_with_attendance,
    sum(attended) filter (where is_held)
    / nullif(count(attended) filter (where is_held), 0) as average_attended,
    sum(accepted) filter (where is_held) / nullif(count(*) filter (where is_held), 0) as average_accepted,
    sum(duration_minutes) filter (where is_held)
    / nullif(count(duration_minutes) filter (where is_held), 0) as average_duration_minutes,
    count(actual_minutes) filter (where is_held) as meetings_with_actual,
    sum(actual_minutes) filter (where is_held)
    / nullif(count(actual_minutes) filter (where is_held), 0) as average_actual_minutes,
    count(*) filter (where reschedules > 0) as rescheduled_meetings,
    coalesce(sum(reschedules), 0) as reschedules
from filtered_meetings
group by grouping sets ((), (kind))
