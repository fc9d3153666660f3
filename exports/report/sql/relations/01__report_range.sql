-- The days of the report. Grain: one row.
select
    $start::date as start_date,
    $end::date as end_date
